"""Who wrote a message, and what proves it. The From line alone proves nothing.

In: a message, its envelope, the policy, the instance's secret. Out: the sender, and the agent the
sender is, with the proof. An agent's address without a proof is a claim, not an agent.

    proof       what it rests on
    auth        SMTP AUTH on our own listener as that agent, or the agent's own word since
    signed      the mail answers a Message-ID that we signed for one of the agent's addresses
    dmarc, dkim Authentication-Results (RFC 8601) of a configured id, aligned with From
    let in      a person at the command line has let the held message in
    from        `[trust] staff = "from"`, or an import that an admin feeds by hand

*Fails:* never; what cannot be believed is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from maildesk.core import signature
from maildesk.core.model import Agent, AuthResult, Envelope, InboundMessage, Mailbox, Policy
from maildesk.core.thread import Refs


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The sender as far as one is known; `agent` only with a proof, `claimed` without one."""

    sender: Mailbox | None
    agent: Agent | None = None
    claimed: Agent | None = None
    proof: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses that are this person's."""
        if self.agent:
            return self.agent.emails
        return (self.sender.email,) if self.sender else ()


def identify(
    message: InboundMessage, envelope: Envelope, refs: Refs, policy: Policy, secret: bytes
) -> Identity:
    """The writer of a message."""
    sender = message.sender
    if sender is None:
        # Two writers, or none that can be read, prove nothing; the name shown is still a claim.
        return Identity(sender=None, claimed=agent_at(policy, message.shown_from))
    agent = agent_at(policy, sender.email)
    if agent is None:
        return Identity(sender=sender)
    proof = _proof(message, envelope, refs, policy, secret, agent)
    if not proof:
        return Identity(sender=sender, claimed=agent)
    return Identity(sender=sender, agent=agent, proof=proof)


def agent_at(policy: Policy, address: str) -> Agent | None:
    """The agent whose address this is."""
    wanted = address.lower()
    return next((a for a in policy.agents if wanted in a.emails), None)


def believed_results(
    message: InboundMessage, envelope: Envelope, policy: Policy
) -> tuple[AuthResult, ...]:
    """The results of the topmost field of a configured authserv-id, if this way in is believed.

    Over SMTP and LMTP anybody may write such fields, so the peer must be listed. A field without
    an id is Microsoft 365's and counts only in that mode, and only as the topmost of all.
    """
    is_listener = envelope.source in ("smtp", "lmtp")
    if is_listener and envelope.peer not in policy.trusted_peers:
        return ()
    ids = {i.lower() for i in policy.authserv_ids}
    for place, field in enumerate(message.auth_results):
        if field.authserv_id.lower() in ids:
            return field.results
        if not field.authserv_id and policy.microsoft365 and place == 0:
            return field.results
    return ()


def _proof(
    message: InboundMessage,
    envelope: Envelope,
    refs: Refs,
    policy: Policy,
    secret: bytes,
    agent: Agent,
) -> str:
    if envelope.authenticated_as == agent.id:
        return "auth"
    if any(
        signature.is_signed_for(form, address, secret)
        for _, form in refs.signed
        for address in agent.emails
    ):
        return "signed"
    aligned = _aligned(believed_results(message, envelope, policy), message.sender)
    if aligned:
        return aligned
    if envelope.is_let_in:
        return "let in"
    return "from" if policy.staff == "from" or envelope.source == "import" else ""


def _aligned(results: tuple[AuthResult, ...], sender: Mailbox | None) -> str:
    domain = sender.email.rpartition("@")[2] if sender else ""
    for result in results:
        if result.result != "pass":
            continue
        values = {
            value.lower()
            for name, value in result.properties
            if name == _PROPERTY.get(result.method)
        }
        if result.method == "dmarc" and values == {domain}:
            return "dmarc"
        if result.method == "dkim" and any(_is_same_or_above(v, domain) for v in values):
            return "dkim"
    return ""


_PROPERTY = {"dmarc": "header.from", "dkim": "header.d"}


def _is_same_or_above(signer: str, domain: str) -> bool:
    """Whether a DKIM domain is the From domain or an organisational domain above it.

    Without a public suffix list only names with a dot in them may stand above, which keeps `com`
    out; the receiving system's own dmarc result is the better proof and is looked at first.
    """
    return signer == domain or ("." in signer and domain.endswith(f".{signer}"))
