"""What the person wrote: a text without the mail it answers and without a signature.

In: the full text of a message. Out: the part to show; the whole when nothing would be left.
*Fails:* never.

Line by line, in one pass: every pattern looks at a line of at most 400 characters (or at four of
them), so hostile text costs no more than honest text. Text between and below quotes
is kept: answers stand there. A forwarded message is content, not a quote, and is kept whole.
"""

from __future__ import annotations

import re
from itertools import islice

_LONGEST_LINE = 400
_ATTRIBUTION_LINES = 4

# The line above a quote: who wrote, in the words of mail programs (en de fr es it pl nl pt sv da
# no fi ru uk cs ja ko zh). A verb alone is not enough, see `_is_attribution`.
_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|schrieben|a écrit|écrit|escribió|escribio|ha scritto|scrisse|scrive"
    r"|napisał|napisała|napisał\(a\)|pisze|schreef|geschreven|escreveu|skrev|kirjoitti|napsal|napísal"
    r"|написал|написала|написал\(а\)|пишет|писал|писала|пише|написав)\b|写道|寫道|写了|書きました"
    r"|のメール|님이 작성|작성:|wrote:",
    re.IGNORECASE,
)
_STARTS = re.compile(
    r"\s*(?:on|am|le|el|il|op|em|no dia|den|på|w dniu|dnia|dne|в|вт|пн|ср|чт|пт|сб|вс|[а-я]{2}, \d"
    r"|at|-{2,}|\d{1,4}[-./年]|\d{1,2}\.? |20\d\d|mon|tue|wed|thu|fri|sat|sun|pe|ma|ti|ke|to|su)\b"
    r"|\s*(?:在|于|於|20\d\d|<|\*)",
    re.IGNORECASE,
)
_DATED = re.compile(r"\d{1,2}[:.h]\d{2}|\d{4}|\d{1,2}[./-]\d{1,2}|@")
_ENDS = (":", "：", "----", ":*")

# A block of header lines that Outlook and others put above an unmarked quote.
_LABELS = (
    "from von de da od van från fra от від lähettäjä expéditeur remitente mittente nadawca"
    " 差出人 发件人 寄件者 보낸사람 보낸$사람",
    "sent gesendet envoyé enviado enviada inviato wysłano verzonden skickat sendt date datum data fecha"
    " dato дата отправлено lähetetty 送信日時 日付 发送时间 發送時間 寄件日期 日期 보낸$날짜",
    "to an à para a do aan till til кому vastaanottaja 宛先 收件人 收件者 받는사람 받는$사람",
    "cc kopie kopia копия kopio dw udw",
    "subject betreff objet asunto oggetto temat onderwerp assunto ämne emne тема aihe 件名 主题 主題 제목",
)
_LABEL_KIND = {
    word.replace("$", " "): kind for kind, words in enumerate(_LABELS) for word in words.split()
}
_LABEL = re.compile(r"[\s*]{0,4}([^\s:：*][^:：*]{0,20}?)\s?\*?\s?[:：]")
_RULE = re.compile(r"\s*[_\-–—=]{5,}\s*")
_ORIGINAL = re.compile(
    r"\s*-{2,}\s*(?:original message|original appointment|ursprüngliche nachricht|originalnachricht"
    r"|message d'origine|message original|mensaje original|messaggio originale|wiadomość oryginalna"
    r"|oryginalna wiadomość|oorspronkelijk bericht|mensagem original|ursprungligt meddelande"
    r"|originalmeddelande|oprindelig meddelelse|opprinnelig melding|исходное сообщение"
    r"|пересылаемое сообщение|alkuperäinen viesti|původní zpráva|元のメッセージ|원본 메시지|原始邮件"
    r"|原始郵件)\s*-{2,}\s*",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"\s*(?:-{2,}\s*(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado"
    r"|messaggio inoltrato|wiadomość przekazana|treść przekazanej wiadomości|doorgestuurd bericht"
    r"|mensagem encaminhada|vidarebefordrat meddelande|videresendt meddelelse|videresendt melding"
    r"|пересланное сообщение|forwarded by [^-]{1,80}|转发邮件信息|轉寄的郵件|転送メッセージ"
    r"|전달된 메시지)\b.{0,60}|begin forwarded message\s*:|anfang der weitergeleiteten nachricht\s*:"
    r"|début du message transféré\s*:|inicio del mensaje reenviado\s*:"
    r"|inizio messaggio inoltrato\s*:)\s*",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"\s*(?:sent from my |sent from (?:mail|outlook|yahoo|proton|samsung)|get outlook for |sent with "
    r"|gesendet von |von meinem .{1,30} gesendet|diese nachricht wurde von meinem |envoyé de mon "
    r"|envoyé depuis |enviado desde mi |enviado do meu |inviato da |wysłane z |verzonden vanaf "
    r"|verstuurd vanaf |skickat från min|sendt fra min|lähetetty |отправлено с |отправлено из )"
    r".{0,60}",
    re.IGNORECASE,
)


def strip_reply(text: str, *, is_forward: bool = False) -> str:
    """The writer's own words; `is_forward` says that the subject called it a forwarded mail."""
    lines = text.split("\n")
    stretches = _own_stretches(lines, is_forward=is_forward)
    kept = [stripped for own in stretches if (stripped := _strip_signature(own))]
    return "\n\n".join(kept) or text.strip("\n")


def _own_stretches(lines: list[str], *, is_forward: bool) -> list[list[str]]:
    """The lines outside quotes, as the stretches that the quotes leave."""
    stretches: list[list[str]] = [[]]
    at = 0
    while at < len(lines):
        if is_forward and _starts_header_block(lines, at) or _FORWARD.fullmatch(_short(lines[at])):
            stretches[-1].extend(lines[at:])
            return stretches
        if _starts_unmarked_quote(lines, at):
            return stretches
        if not _is_quoted(lines[at]):
            stretches[-1].append(lines[at])
            at += 1
            continue
        _drop_attribution(stretches[-1])
        stretches.append([])
        at = _end_of_quote(lines, at)
    return stretches


def _short(line: str) -> str:
    return line[:_LONGEST_LINE]


def _is_quoted(line: str) -> bool:
    return line.startswith((">", " >"))


def _end_of_quote(lines: list[str], at: int) -> int:
    while at < len(lines) and _is_quoted(lines[at]):
        at += 1
    return at


def _drop_attribution(own: list[str]) -> None:
    """Take the line or lines that introduce the quote off the end of the stretch above it."""
    while own and not own[-1].strip():
        own.pop()
    length = _attribution_length(own)
    del own[len(own) - length :]


def _attribution_length(own: list[str]) -> int:
    """How many of the last lines are an attribution; the longest reading that starts like one."""
    if not own or not own[-1].rstrip().endswith(_ENDS):
        return 0
    joined, best = "", 0
    for count, line in enumerate(islice(reversed(own), _ATTRIBUTION_LINES), start=1):
        if not line.strip():
            break
        joined = f"{_short(line).strip()} {joined}".strip()
        if _is_attribution(joined) and (best == 0 or _STARTS.match(joined)):
            best = count
        if best and _STARTS.match(joined):
            break
    return best


def _is_attribution(joined: str) -> bool:
    """Who and when, then a colon: with a verb any date or address will do, else both are needed."""
    if len(joined) > _LONGEST_LINE:
        return False
    if _WROTE.search(joined):
        return bool(_DATED.search(joined))
    return "@" in joined and bool(re.search(r"\d{1,2}[:.]\d{2}", joined))


def _starts_unmarked_quote(lines: list[str], at: int) -> bool:
    """Whether all from here on is the answered mail, though no line of it is marked."""
    line = _short(lines[at])
    if _ORIGINAL.fullmatch(line):
        return True
    if _RULE.fullmatch(line) and at + 1 < len(lines):
        below = next((n for n in range(at + 1, min(at + 4, len(lines))) if lines[n].strip()), at)
        return below != at and _starts_header_block(lines, below)
    return _starts_header_block(lines, at) or _starts_unmarked_attribution(lines, at)


def _starts_header_block(lines: list[str], at: int) -> bool:
    """`From:` with two more of Sent, To, Cc and Subject in the five lines below it."""
    if _label_kind(lines[at]) != 0:
        return False
    kinds = {_label_kind(line) for line in islice(lines, at + 1, at + 8) if line.strip()}
    return len(kinds - {None, 0}) >= 2


def _label_kind(line: str) -> int | None:
    found = _LABEL.match(line[:40])
    return _LABEL_KIND.get(found[1].strip().casefold()) if found else None


def _starts_unmarked_attribution(lines: list[str], at: int) -> bool:
    """`On … wrote:` above text without `>`: only in full form, with a verb, a date and an address."""
    if not _STARTS.match(lines[at]) or (at and lines[at - 1].strip()):
        return False
    joined = ""
    for line in islice(lines, at, at + 3):
        joined = f"{joined} {_short(line).strip()}".strip()
        if joined.endswith(_ENDS):
            break
        if not line.strip():
            return False
    below = next((line for line in islice(lines, at + 1, at + 8) if line.strip()), "")
    full = joined.endswith(_ENDS) and "@" in joined and any(map(str.isdigit, joined))
    return (
        full
        and bool(_WROTE.search(joined))
        and not any(map(_is_quoted, lines[at + 1 : at + 6]))
        and bool(below)
    )


def _strip_signature(own: list[str]) -> str:
    """The stretch up to `-- ` or to the line that a device adds."""
    for at, line in enumerate(own):
        if line.rstrip() == "--" or _DEVICE.fullmatch(_short(line)):
            own = own[:at]
            break
    return "\n".join(line.rstrip() for line in own).strip("\n")
