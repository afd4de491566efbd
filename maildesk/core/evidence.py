"""What speaks for a sender, in words for whoever looks after the desk.

In: a message and its envelope, the policy. Out: lines that name each Authentication-Results field,
whether it is believed, and why not. It decides nothing; `trust` does.
*Fails:* never.
"""

from __future__ import annotations

from maildesk.core.authres import AuthResults
from maildesk.core.envelope import SOCKET
from maildesk.core.model import Envelope, InboundMessage, Policy
from maildesk.core.trust import agent_at, believed_field


def evidence(message: InboundMessage, envelope: Envelope, policy: Policy) -> tuple[str, ...]:
    """What is known of who wrote this, one fact a line."""
    who = envelope.authenticated_as
    logged_in = (f"logged in, or has confirmed it, as {who}",) if who else ()
    return (_writer(message, policy), *logged_in, *_results(message, envelope, policy))


def _writer(message: InboundMessage, policy: Policy) -> str:
    agent = agent_at(policy, message.shown_from)
    whose = f"the address of the agent {agent.id}" if agent else "no agent's address"
    if message.sender is None:
        return f"From is not one sound mailbox; it shows {message.shown_from or 'nothing'}, {whose}"
    return f"From is {message.sender.email}, {whose}"


def _results(message: InboundMessage, envelope: Envelope, policy: Policy) -> tuple[str, ...]:
    if not message.auth_results:
        return ("there is no Authentication-Results field",)
    believed = believed_field(message, envelope, policy)
    place = message.auth_results.index(believed) if believed else None
    return tuple(
        f"believed: {_shown(field)}"
        if number == place
        else f"not believed: {_shown(field)} ({_why_not(field, believed, envelope, policy)})"
        for number, field in enumerate(message.auth_results)
    )


def _shown(field: AuthResults) -> str:
    said = [
        " ".join((f"{r.method}={r.result}", *(f"{k}={v}" for k, v in r.properties)))
        for r in field.results
    ]
    return f"{field.authserv_id or '(no id)'}: {'; '.join(said) or 'nothing that can be read'}"


def _why_not(
    field: AuthResults, believed: AuthResults | None, envelope: Envelope, policy: Policy
) -> str:
    peer = envelope.peer or SOCKET
    if envelope.source in ("smtp", "lmtp") and peer not in policy.trusted_peers:
        return f"the peer {peer} is not in [trust] peers"
    if not field.authserv_id and not policy.microsoft365:
        return "it names no server, and [trust] microsoft365 is off"
    ids = {i.lower() for i in policy.authserv_ids}
    if field.authserv_id and field.authserv_id.lower() not in ids:
        return "its id is not in [trust] authserv_ids"
    return "another stands above it" if believed else "it is not the topmost"
