"""`python -m bench.reading`: the processor time of reading mail, ours to mail-parser's alone.

In: `--rounds N`. Out: for each kind of mail the milliseconds of either and their ratio; the best of
all rounds, taken in turns, by processor time, so that a busy machine does not count. mail-parser
reads what a desk needs: subject, sender, date, ids, both texts, attachments. Ours reads that, and
charsets, machine marks, limits, cleaned HTML, the person's own words and a fingerprint.

*Fails:* never.
"""

from __future__ import annotations

import argparse
import base64
import time
from collections.abc import Callable
from pathlib import Path

import mailparser

from bench import load
from maildesk.errors import UnparseableMessage
from maildesk.mail.parse import parse

_CORPUS = Path(__file__).parents[1] / "tests" / "corpus"
_HEAD = (
    "From: Ada Lovelace <ada@customer.test>\r\nTo: Support <support@desk.test>\r\n"
    "Subject: Re: [HELP-1] The printer burns\r\nDate: Mon, 16 Nov 2026 09:00:00 +0100\r\n"
    "Message-ID: <{n}@customer.test>\r\nIn-Reply-To: <1@desk.test>\r\nMIME-Version: 1.0\r\n"
)
_LINE = (
    "The printer on the third floor has been burning since this morning, around {n} o'clock.\r\n"
)
_QUOTE = (
    "\r\nOn Mon, Nov 16, 2026 at 9:00 AM Support <support@desk.test> wrote:\r\n\r\n> Which?\r\n"
)


def mails() -> dict[str, list[bytes]]:
    """Some mails of each kind."""
    corpus = [path.read_bytes() for path in sorted(_CORPUS.glob("*.eml"))]
    return {
        "repository's corpus": corpus,
        "bench, 2 KB": [load.make_mail(f"r{n}", 2_000) for n in range(20)],
        "bench, 50 KB": [load.make_mail(f"r{n}", 50_000) for n in range(5)],
        "text reply, 2 KB": [_text(20)],
        "text reply, 50 KB": [_text(580)],
        "HTML alone, 4 KB": [_html(30)],
        "HTML alone, 50 KB": [_html(450)],
        "both, 8 KB": [_both(30)],
        "attachment, 1 MB": [_attachment(750_000)],
    }


def _text(lines: int) -> bytes:
    head = _HEAD.format(n=lines) + "Content-Type: text/plain; charset=utf-8\r\n\r\n"
    return (head + "".join(_LINE.format(n=n) for n in range(lines)) + _QUOTE).encode()


def _markup(lines: int) -> str:
    words = "".join(f"<div>{_LINE.format(n=n)}<br></div>\r\n" for n in range(lines))
    return f"<html><head><style>p {{margin:0}}</style></head><body>{words}</body></html>"


def _html(lines: int) -> bytes:
    head = _HEAD.format(n=lines) + "Content-Type: text/html; charset=utf-8\r\n\r\n"
    return (head + _markup(lines)).encode()


def _both(lines: int) -> bytes:
    text = "".join(_LINE.format(n=n) for n in range(lines)) + _QUOTE
    parts = f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--b\r\n"
    parts += f"Content-Type: text/html; charset=utf-8\r\n\r\n{_markup(lines)}\r\n--b--\r\n"
    kind = 'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
    return (_HEAD.format(n=lines) + kind + parts).encode()


def _attachment(size: int) -> bytes:
    data = base64.encodebytes(bytes(range(256)) * (size // 256)).decode()
    parts = (
        "--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n--b\r\nContent-Type: image/png; "
    )
    parts += 'name="a.png"\r\nContent-Disposition: attachment; filename="a.png"\r\n'
    parts += f"Content-Transfer-Encoding: base64\r\n\r\n{data}\r\n--b--\r\n"
    return (
        _HEAD.format(n=size) + 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + parts
    ).encode()


def read_with_mail_parser(raw: bytes) -> object:
    """What a desk needs of it; mail-parser fails on some of the corpus."""
    try:
        m = mailparser.parse_from_bytes(raw)
        fields = (m.subject, m.from_, m.to, m.cc, m.date, m.message_id, m.in_reply_to, m.references)
        return fields, m.text_plain, m.text_html, m.attachments
    except (AttributeError, TypeError):
        return None


def read_with_ours(raw: bytes) -> object:
    """The whole of reading, in this process."""
    try:
        return parse(raw, "ada@customer.test")
    except UnparseableMessage:
        return None


def seconds(read: Callable[[bytes], object], some: list[bytes]) -> float:
    """Processor time for one mail."""
    times = max(1, 40 // len(some))
    began = time.process_time()
    for _ in range(times):
        for raw in some:
            read(raw)
    return (time.process_time() - began) / times / len(some)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.reading", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    print(f"{'kind':22} {'mail-parser':>12} {'maildesk':>10} {'ratio':>6}")
    sums = [0.0, 0.0]
    for kind, some in mails().items():
        theirs = ours = float("inf")
        for _ in range(rounds):
            theirs = min(theirs, seconds(read_with_mail_parser, some))
            ours = min(ours, seconds(read_with_ours, some))
        sums[0] += theirs
        sums[1] += ours
        print(f"{kind:22} {1000 * theirs:9.2f} ms {1000 * ours:7.2f} ms {ours / theirs:6.2f}")


if __name__ == "__main__":
    main()
