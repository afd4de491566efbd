"""Who wrote a message, and what proves it. The From line alone proves nothing.

In: a message, its envelope, what was gathered. Out: the sender, and the agent the
sender is, with the proof. An agent's address without a proof is a claim, not an agent. A
customer needs none, but is no more than a stranger where our own server says `dmarc=fail`.

    proof       what it rests on
    auth        SMTP AUTH on our own listener as that agent, or the agent's own word since
    signed      the mail answers a Message-ID that we signed for one of the agent's addresses, no
                other has shown to know it (`spent`), and our own server does not say `dmarc=fail`
    dmarc, dkim Authentication-Results (RFC 8601) of a configured id, aligned with From: its very
                domain, for dkim also the organisational domain above it
    let in      a person at the command line has let the held message in
    code        nothing but lines with codes that were made for this very agent (`coded`), and our
                own server does not say `dmarc=fail`
    from        `[trust] staff = "from"`, or an import that an admin feeds by hand

*Fails:* never; what cannot be believed is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from maildesk.core import signature
from maildesk.core.authres import AuthResult, AuthResults
from maildesk.core.coded import is_by_codes
from maildesk.core.envelope import SOCKET
from maildesk.core.model import Agent, Context, Envelope, InboundMessage, Mailbox, Policy
from maildesk.core.spelling import spelled, spelled_among
from maildesk.core.thread import Refs


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The sender as far as one is known; `agent` only with a proof, `claimed` without one."""

    sender: Mailbox | None
    agent: Agent | None = None
    claimed: Agent | None = None
    proof: str = ""
    is_handed_on: bool = False  # a program or a list says whose words these are
    is_disowned: bool = False  # our own mail server says that they are not from there

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses that are this person's."""
        if self.agent:
            return self.agent.emails
        return (self.sender.email,) if self.sender else ()


def identify(
    message: InboundMessage, envelope: Envelope, refs: Refs, context: Context, now: datetime
) -> Identity:
    """The writer of a message."""
    policy = context.policy
    sender = message.sender
    if sender is None:
        # Two writers, or none that can be read, prove nothing; the name shown is still a claim.
        return Identity(sender=None, claimed=agent_at(policy, message.shown_from))
    agent = agent_at(policy, sender.email)
    if agent and message.is_sender_mended:
        return Identity(sender=None, claimed=agent)
    if agent is None:
        return Identity(
            sender=sender,
            is_handed_on=bool(message.handed_on_by),
            is_disowned=_is_disowned(message, envelope, policy, sender),
        )
    if message.handed_on_by and not envelope.is_let_in:
        # Anybody can write an agent's address into a form or a Reply-To.
        return Identity(sender=sender, claimed=agent, is_handed_on=True)
    proof = _proof(message, envelope, refs, context, agent, now)
    if not proof:
        return Identity(sender=sender, claimed=agent)
    return Identity(sender=sender, agent=agent, proof=proof)


def _is_disowned(
    message: InboundMessage, envelope: Envelope, policy: Policy, sender: Mailbox
) -> bool:
    """Whether our own server says that From is forged; an admin answers for an archive."""
    if envelope.source == "import":
        return False
    field = believed_field(message, envelope, policy)
    domain = _domain(sender.email.rpartition("@")[2])
    return field is not None and _fails_dmarc(field.results, domain)


def agent_at(policy: Policy, address: str) -> Agent | None:
    """The agent whose address this is, in whatever spelling."""
    return next((a for a in policy.agents if own_address(a, address)), None)


def own_address(agent: Agent, address: str) -> str:
    """The agent's configured address that this is a spelling of, or ""."""
    return spelled_among(agent.emails, address)


def keys_about(refs: Refs, context: Context) -> tuple[str, ...]:
    """The keys of the tickets that a message points at, as it names them and as they are."""
    tickets = (context.ticket(hint.ticket_id).key for hint in context.hints)
    return tuple(dict.fromkeys((*tickets, *refs.subject_keys)))


def believed_field(
    message: InboundMessage, envelope: Envelope, policy: Policy
) -> AuthResults | None:
    """The topmost field of a configured authserv-id, if this way in is believed.

    Over SMTP and LMTP anybody may write such fields, so the peer must be listed: by its address,
    or as `socket`, where the rights of a Unix socket's file say who may connect. A field without
    an id is Microsoft 365's and counts only in that mode, and only as the topmost of all.
    """
    is_listener = envelope.source in ("smtp", "lmtp")
    if is_listener and (envelope.peer or SOCKET) not in policy.trusted_peers:
        return None
    ids = {i.lower() for i in policy.authserv_ids}
    for place, field in enumerate(message.auth_results):
        if field.authserv_id.lower() in ids:
            return field
        if not field.authserv_id and policy.microsoft365 and place == 0:
            return field
    return None


def _proof(
    message: InboundMessage,
    envelope: Envelope,
    refs: Refs,
    context: Context,
    agent: Agent,
    now: datetime,
) -> str:
    policy = context.policy
    if envelope.authenticated_as == agent.id:
        return "auth"
    domain = message.sender.email.rpartition("@")[2] if message.sender else ""
    field = believed_field(message, envelope, policy)
    results = field.results if field else ()
    # Whoever was in Cc of an agent's answer holds its ids, too; our own server knows better.
    is_refused = _fails_dmarc(results, _domain(domain))
    if not is_refused and _held_our_mail(refs, context, agent):
        return "signed"
    above = policy.organisational_domain(domain)
    aligned = _aligned(results, _domain(domain), _domain(above))
    if aligned:
        return aligned
    if not is_refused and is_by_codes(message, keys_about(refs, context), context, agent, now):
        return "code"
    if envelope.is_let_in:
        return "let in"
    return "from" if policy.staff == "from" or envelope.source == "import" else ""


def _held_our_mail(refs: Refs, context: Context, agent: Agent) -> bool:
    """Whether the mail answers one that the agent alone had: by its signature or our records."""
    ours = (hint for hint in context.hints if hint.sent_to in agent.emails)
    if any(hint.signed and hint.signed.mac not in context.spent for hint in ours):
        return True
    return any(
        form.mac not in context.spent and signature.is_signed_for(form, address, context.secret)
        for _, form in refs.signed
        for address in agent.emails
    )


def _aligned(results: tuple[AuthResult, ...], domain: str, organisation: str) -> str:
    """Which result speaks for the From domain, or "".

    A receiving system has one opinion by DMARC. Two of them, or a DKIM pass beside `none`, is a
    field into which a stranger has written through MAIL FROM, and a clear `fail` beats what else
    stands there: none of these proves anything.
    """
    dmarc = [r for r in results if r.method == "dmarc"]
    dkim = [r for r in results if r.method == "dkim"]
    if len(dmarc) > 1 or _repeats(results):
        return ""
    if dmarc and dmarc[0].result == "pass" and _values(dmarc[0], "header.from") == [domain]:
        return "dmarc"
    if any(_speaks_against(r, domain) for r in dmarc) or any(r.result == "none" for r in dkim):
        return ""
    signers = [_values(r, "header.d") for r in dkim if r.result == "pass"]
    return "dkim" if any(s in ([domain], [organisation]) for s in signers) else ""


def _fails_dmarc(results: tuple[AuthResult, ...], domain: str) -> bool:
    failed = (r for r in results if r.method == "dmarc" and r.result == "fail")
    return any(_values(r, "header.from") == [domain] for r in failed)


def _speaks_against(dmarc: AuthResult, domain: str) -> bool:
    return dmarc.result == "fail" or _values(dmarc, "header.from") not in ([], [domain])


def _repeats(results: tuple[AuthResult, ...]) -> bool:
    """Whether two SPF results speak of one identity: each has one (RFC 7208 §2.3, §2.4)."""
    named = [name for r in results if r.method == "spf" for name, _ in r.properties]
    senders = [name for name in named if name in ("smtp.mailfrom", "smtp.helo")]
    return len(senders) > len(set(senders))


def _values(result: AuthResult, wanted: str) -> list[str]:
    return [_domain(value) for name, value in result.properties if name == wanted]


def _domain(name: str) -> str:
    """A domain as it compares: servers write `xn--…` for what From has in Unicode."""
    return spelled(f"@{name}").domain if "@" not in name else name.lower()
