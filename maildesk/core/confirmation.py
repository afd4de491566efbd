"""What an answer to "was this you?" says: yes, no, or nothing that a person said.

In: a message on the table, who wrote it. Out: what becomes of it; None when it answers no such
question.

    the answer                                    the held mail    who hears of it
    a word of refusal stands in it                stays held       the admins
    it is marked as a program's                   stays held       nobody
    it speaks of absence, or has a list's mark    stays held       the agent is asked once more
    or an X-Loop
    anything else, an empty one, too              is let in        -

A wrong yes writes to customers in the agent's name, a wrong doubt costs a question, so words that
an out-of-office notice uses are enough for a doubt, unless the answer begins with a plain yes. One
held mail is asked about twice at most: two programs must not talk to each other.
*Fails:* never.
"""

from __future__ import annotations

import re
from dataclasses import replace

from maildesk.core import notices
from maildesk.core.away_words import is_away_subject, is_away_text
from maildesk.core.case import Case
from maildesk.core.denial import is_denial
from maildesk.core.model import Decision, InboxState, Machine, Release
from maildesk.core.phrase import phrase
from maildesk.core.signature import Scope, is_signed_for

_FIRST_WORD = re.compile(r"\W*(\w+)")
_WORDS_OF_CONSENT = """
yes yep yeah y ok okay confirm confirmed ja jo jawohl oui ouais sí si tak sì sim da igen ano áno
kyllä joo jah jā taip evet да так ναι כן نعم はい 是 是的 对 네 예
"""
_YES = frozenset(_WORDS_OF_CONSENT.split())


def answered(case: Case) -> Decision | None:
    """What an answer to our question about a held message makes of both."""
    release = _asked_about(case)
    if release is None:
        return None
    message = case.message
    if case.is_automatic or message.machine not in (Machine.PERSON, Machine.LIST):
        reason = f"an automatic answer about message {release.inbox_id} says nothing"
        return Decision(state=InboxState.IGNORED, reason=reason)
    if not message.is_all_quote and is_denial(message.text):
        return _denied(case, release)
    if _is_doubtful(case):
        return _asked_again(case, release)
    reason = f"confirmed message {release.inbox_id}"
    return Decision(state=InboxState.DONE, reason=reason, release=release)


def _asked_about(case: Case) -> Release | None:
    """The held message that an agent was asked about by the mail that this one answers."""
    for _, signed in case.refs.signed:
        is_ours = any(is_signed_for(signed, a, case.context.secret) for a in case.writer.addresses)
        is_question = signed.scope is Scope.CONFIRM and signed.ref.isdigit()
        if case.writer.agent and is_ours and is_question:
            return Release(inbox_id=int(signed.ref), agent=case.writer.agent)
    return None


def _is_doubtful(case: Case) -> bool:
    """Whether it may be an autoresponder's that puts no mark on what it writes."""
    message = case.message
    is_marked = message.machine is Machine.LIST or message.machine_mark == "X-Loop"
    if is_marked or is_away_subject(message.subject):
        return True
    if message.is_all_quote:
        return False
    first = _FIRST_WORD.match(message.text.casefold())
    says_yes = first is not None and first[1] in _YES
    return not says_yes and is_away_text(message.text)


def _denied(case: Case, release: Release) -> Decision:
    """The agent says that the held mail is not theirs: it stays held, and the admins hear of it."""
    number, agent = release.inbox_id, release.agent
    lines = (
        phrase("alert.denied-words", number=number, name=agent.name),
        phrase("alert.look", command=f"maildesk inbox show {number}"),
        phrase("alert.end", command=f"maildesk inbox dismiss {number}"),
    )
    title = phrase("alert.denied", number=number, name=agent.name)
    told = notices.alerts(case.policy, title, lines, once=f"denied:{number}")
    reason = f"denied message {number}"
    return Decision(state=InboxState.DONE, reason=reason, notices=() if case.quiet else told)


def _asked_again(case: Case, release: Release) -> Decision:
    """Nobody can tell whether a person answered: the mail stays held, and the agent is asked."""
    number = release.inbox_id
    lines = (
        phrase("sender.unverified.about", number=number),
        phrase("sender.unverified.again"),
        phrase("sender.unverified.answer"),
    )
    question = notices.unverified(case.desk, release.agent, case.message)
    again = replace(question, lines=lines, once=f"asked again:{number}")
    may_ask = not case.quiet and not case.is_late and case.is_within_allowance()
    return Decision(
        state=InboxState.IGNORED,
        reason=f"no clear answer about message {number}",
        notices=(again,) if may_ask else (),
        doubts=number,
    )
