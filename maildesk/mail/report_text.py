"""Whom a mail did not reach, out of the words that mail systems write to people.

In: the text of a report as it was before RFC 3464, its subject, addresses that cannot have failed.
Out: one `Fate` for each address that the text complains of. Systems word it in a hundred ways and
lay it out in a few, so the layouts are the table here, the surest first, and not the systems.
*Fails:* never; a text that says nothing of a failure or a delay has no fates.
"""

from __future__ import annotations

import re

from maildesk.core.report import Action, Fate
from maildesk.core.spelling import canonical
from maildesk.core.status_code import read_status

_LINES_LIMIT = 2_000
_LINE_LIMIT = 1_000
_DIAGNOSTIC_LIMIT = 500

_A = r"[^\s<>()\[\]\"',;:@=]{1,64}@[a-z0-9](?:[a-z0-9_-]|\.(?=[a-z0-9])){0,253}"
ADDRESS = re.compile(_A, re.IGNORECASE)

# Where the report ends and the mail that came back begins.
_CUT = re.compile(
    r"^[\s>]{0,8}(?:[-=_]{2,}[^\n]{0,200}(?:message|mail|header|nachricht|messaggio|mensaje)"
    r"|(?:return-path|received|x-original-to|delivered-to):\s"
    r"|[^\n]{0,200}(?:message headers follow|original message follows|old message:"
    r"|copy of the original message|message text follows|returned mail follows|message reads"
    r"|copy of your message|original message headers|original message details"
    r"|copy of the message header|below is a copy|end of message|returned message))",
    re.IGNORECASE,
)
_NO_CUT = re.compile(
    r"delivery|receive|undeliver|failed|could not|transcript|was received", re.IGNORECASE
)

_FIELDS = r"(?:final|original|failed|x-actual)-?\s?recipient"
_LABELS = r"(?:undeliverable|recipient) address|(?:intended |failed )?recipient|error-for|rcpt to"
_LAYOUTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # Fields of a status in plain text, and labels of all kinds.
        rf"^\W{{0,8}}(?:{_FIELDS})\s*[:=]\s*(?:rfc822\s*;\s*)?\W?({_A})",
        rf"(?:{_LABELS})\s*[:=]\s*[\[<\"']{{0,2}}(?:smtp:)?({_A})",
        # qmail, Postfix, Yahoo: `<ada@example.com>:` and its kin at the start of a line.
        rf"^\s{{0,8}}<({_A})>\s*(?:\([^\n]{{0,200}}\)\s*)?:",
        rf"^\s{{0,8}}<({_A})>\s*(?:\.\.\.|$|\()",
        # Exim, Gmail, Exchange: an address that has a line to itself.
        rf"^[\s*>'-]{{0,16}}<?({_A})>?[:']?\s*$",
        # OpenSMTPD, sendmail, MDaemon: an address, then what is wrong with it.
        rf"^[\s*>-]{{0,16}}<?({_A})>?(?:\s*:|\s+(?:on|\(|-|\.\.\.)|\.\.\.)",
        # DragonFly and others: within the sentence.
        rf"(?:\bto|\bfor|addressed|user|mailbox|account|address|recipient)\s[\s<\"'\[]{{0,3}}({_A})",
        rf"({_A})",
    )
)

_EXPANDED = re.compile(rf"\(expanded from: <?({_A})", re.IGNORECASE)
# A header of the mail that came back, quoted: its To need not be who failed.
_HEADING = re.compile(
    r"[\s>]{0,8}(?:to|cc|bcc|from|sender|reply-to|message-id|subject|sent|date)\s?:", re.IGNORECASE
)
_DAEMON = re.compile(r"(?:mailer-?daemon|mail-daemon|postmaster|abuse|noreply|no-reply)@")
_FAILED = re.compile(
    r"undeliver|return(?:ed|ing)|fail|could ?n[o']t|cannot|can[' ]t|unable|not (?:be |been )?"
    r"(?:delivered|found|exist|listed|reach)|did ?n[o']t|was ?n[o']t|unknown|invalid|reject|refus"
    r"|error|bounce|problem|no such|full|over quota|exceed|expired|unzustellbar|nicht zugestellt"
    r"|nicht zustellbar|non recapitat|mancata consegna|impossibile|échec|non remis|non distribu"
    r"|no se (?:pudo|ha podido)|devuelto|não (?:foi|pôde)|onbestelbaar|niet worden afgeleverd"
    r"|olever|kunde inte|ikke levere|nie (?:można|dostarcz|został)|не удалось|не доставлен"
    r"|недоставлен|невозможно|配信不能|エラー|配送|退信|无法|失败",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"\bdelay|still (?:try|being)|not yet been|has not been delivered yet|will (?:be retried"
    r"|retry|keep trying|continue to|try again)|continue trying|do not need to re-?send"
    r"|no action is required|could not send message for past|attempts? will continue|retried for"
    r"|verzöger|noch nicht zugestellt|ritard|retard|demorad|atrasad|задерж|opóźn",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"giving up|given up|permanent|fatal|no further|expired|timeout exceeded|too long"
    r"|will not be retried|failed permanently",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?:undeliver|returned mail|mail (?:could|delivery|not|system error)|(?:message )?delivery"
    r" (?:status|fail|delay|error|warn|notif|report)|failure notice|failed mail|non-?delivery"
    r"|warning: |permanent delivery|delivery has failed|message (?:could not|delivery|undeliver)"
    r"|unzustellbar|mancata consegna|non remis|échec|nicht zugestellt|no se puede entregar"
    r"|não entregue|onbestelbaar|недоставленное|automatically rejected)",
    re.IGNORECASE,
)


def read_words(text: str, subject: str, without: frozenset[str]) -> tuple[Fate, ...]:
    """The fates of a report in plain words; one without an address when it names nobody."""
    lines = _head(text)
    head = "\n".join(lines)
    action = _action(head, subject)
    if action is None:
        return ()
    places = _addresses(lines, without)
    if not places:
        return (Fate(recipient="", action=action, status=read_status(head)),)
    return tuple(_fate(address, place, lines, action) for address, place in places.items())


def is_bounce_subject(subject: str) -> bool:
    """Whether a subject begins as those of reports do; a reply or a forward begins otherwise."""
    return bool(_SUBJECT.match(subject.strip()))


def _head(text: str) -> list[str]:
    """The lines before the mail that came back."""
    lines: list[str] = []
    for line in text.split("\n", _LINES_LIMIT)[:_LINES_LIMIT]:
        line = line[:_LINE_LIMIT].rstrip()
        if lines and _CUT.match(line) and not _NO_CUT.search(line):
            break
        lines.append(line)
    return lines


def _action(head: str, subject: str) -> Action | None:
    """Failed or delayed; a delay is retried, so a word that says the end outweighs it."""
    is_late = bool(_DELAYED.search(subject) or _DELAYED.search(head))
    if is_late and not (_FINAL.search(head) or _FINAL.search(subject)):
        return Action.DELAYED
    return Action.FAILED if _FAILED.search(subject) or _FAILED.search(head) else None


def _addresses(lines: list[str], without: frozenset[str]) -> dict[str, int]:
    """The addresses that the first fitting layout finds, each with its line."""
    named = [(place, line) for place, line in enumerate(lines) if "@" in line]
    plain = [(place, line) for place, line in named if not _HEADING.match(line)]
    for layout in _LAYOUTS:
        found: dict[str, int] = {}
        for place, line in plain or named:
            for match in layout.finditer(line):
                address = canonical(match[1])
                if address not in without and not _DAEMON.match(address):
                    found.setdefault(address, place)
        if found:
            return found
    return {}


def _fate(address: str, place: int, lines: list[str], action: Action) -> Fate:
    """What stands on the address's line and below it is about that address."""
    about = [line.strip() for line in lines[place : place + 12]]
    end = next((n for n, line in enumerate(about) if n and not line and n > 2), len(about))
    near = " ".join(about[:end])
    expanded = _EXPANDED.search(near)
    return Fate(
        recipient=address,
        original=canonical(expanded[1]) if expanded else "",
        action=action,
        status=read_status(near) or read_status("\n".join(lines)),
        diagnostic=" ".join(near.split())[:_DIAGNOSTIC_LIMIT],
    )
