"""Whatever somebody writes into From and Authentication-Results: nobody becomes an agent by it.

In: every shape of a From line times every kind of results. Out: the decision about each pair,
parsed from bytes; a few pairs go the whole way.

*Fails:* AssertionError where a forger did what only an agent may do, or was told of the ticket.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from maildesk.core.model import Decision, Envelope, Event, Policy
from maildesk.mail.parse import parse
from tests.core.build import ENVELOPE, POLICY, TICKET, context, decided, signed_id
from tests.walks.walk import Walk, mail

EVIL = b"mallory@evil.example"
ALICE = b"alice@desk.example"

# Who the forger says he is: the lines of the header that name a writer.
SHAPES = {
    "plain": b"From: alice@desk.example",
    "with a name": b"From: Alice Doe <alice@desk.example>",
    "upper case": b"FROM: ALICE@DESK.EXAMPLE",
    "her second address": b"From: <al@home.example>",
    "address as the name": b'From: "alice@desk.example" <mallory@evil.example>',
    "address in angles as the name": b'From: "Alice <alice@desk.example>" <mallory@evil.example>',
    "address as a bare name": b"From: alice@desk.example <mallory@evil.example>",
    "address as an encoded name": b"From: =?utf-8?q?alice=40desk=2Eexample?= <m@evil.example>",
    "address as a comment": b"From: (alice@desk.example) mallory@evil.example",
    "comment behind": b"From: mallory@evil.example (alice@desk.example)",
    "evil comment": b"From: alice@desk.example (mallory@evil.example)",
    "comments within": b"From: alice(x)@(y)desk.example",
    "open comment": b"From: alice@desk.example(mallory@evil.example",
    "two fields": b"From: alice@desk.example\r\nFrom: mallory@evil.example",
    "two fields, evil first": b"From: mallory@evil.example\r\nFrom: alice@desk.example",
    "two fields, space before the colon": b"From: m@evil.example\r\nFrom : alice@desk.example",
    "two mailboxes": b"From: alice@desk.example, mallory@evil.example",
    "two angles with a comma": b"From: <alice@desk.example>,<mallory@evil.example>",
    "two angles": b"From: <alice@desk.example> <mallory@evil.example>",
    "angle in angle": b"From: <<alice@desk.example>mallory@evil.example>",
    "missing angle": b"From: Alice <alice@desk.example",
    "missing other angle": b"From: Alice alice@desk.example>",
    "group": b"From: Team: alice@desk.example;",
    "group of one, evil named": b"From: mallory@evil.example: alice@desk.example;",
    "empty group": b"From: alice@desk.example:;",
    "group and mailbox": b"From: Team: mallory@evil.example;, alice@desk.example",
    "route": b"From: <@evil.example:alice@desk.example>",
    "obsolete route": b"From: Alice <@a.example,@evil.example:alice@desk.example>",
    "percent route": b"From: alice%desk.example@evil.example",
    "bang route": b"From: desk.example!alice@evil.example",
    "two at signs": b"From: alice@desk.example@evil.example",
    "quoted local part": b'From: "alice"@desk.example',
    "quoted at sign": b'From: "alice@desk.example"@evil.example',
    "quoted space": b'From: "alice "@desk.example',
    "sub-address": b"From: alice+evil@desk.example",
    "trailing dot": b"From: alice@desk.example.",
    "leading dot": b"From: .alice@desk.example",
    "double dot": b"From: alice@desk..example",
    "domain literal": b"From: alice@[192.0.2.1]",
    "NUL inside": b"From: alice@desk.example\0mallory@evil.example",
    "NUL before": b"From: \0alice@desk.example",
    "escape": b"From: \x1b[2Kalice@desk.example",
    "bell and backspace": b"From: mallory@evil.example\x08\x08alice@desk.example",
    "Cyrillic a": "From: \u0430lice@desk.example".encode(),
    "full width": "From: alice＠desk.example".encode(),
    "full-width letters": "From: ａｌｉｃｅ@desk.example".encode(),
    "zero width": "From: al\u200bice@desk.example".encode(),
    "bidi override": "From: \u202ealice@desk.example\u202c <mallory@evil.example>".encode(),
    "dotless i": "From: al\u0131ce@desk.example".encode(),
    "kelvin sign domain": "From: alice@des\u212a.example".encode(),
    "punycode": b"From: alice@xn--desk-5ve.example",
    "8-bit address": b"From: al\xefce@desk.example",
    "8-bit name": b"From: \xc4lice <mallory@evil.example>",
    "overlong UTF-8": b"From: al\xc1\xa9ce@desk.example",
    "encoded address": b"From: =?utf-8?q?alice=40desk=2Eexample?=",
    "encoded angle": b"From: =?utf-8?q?Alice_=3Calice=40desk=2Eexample=3E?= <mallory@evil.example>",
    "encoded word in angles": b"From: <=?utf-8?q?alice?=@desk.example>",
    "encoded line end": b"From: =?utf-8?q?x=0D=0AFrom:_alice=40desk.example?= <m@evil.example>",
    "folded before": b"From:\r\n alice@desk.example",
    "folded inside": b"From: alice@\r\n desk.example",
    "folded inside the local part": b"From: ali\r\n\tce@desk.example",
    "bare CR": b"From: mallory@evil.example\rFrom: alice@desk.example",
    "name alone": b"From: Alice Doe",
    "empty": b"From:",
    "null": b"From: <>",
    "none": b"X-From: alice@desk.example",
    "Sender": b"From: mallory@evil.example\r\nSender: alice@desk.example",
    "Reply-To": b"From: mallory@evil.example\r\nReply-To: alice@desk.example",
    "Resent-From": b"From: mallory@evil.example\r\nResent-From: alice@desk.example",
    "X-Original-From": b"From: mallory@evil.example\r\nX-Original-From: alice@desk.example",
    "semicolon": b"From: mallory@evil.example; alice@desk.example",
    "unended quote": b'From: "Alice <alice@desk.example> <mallory@evil.example>',
    "very long": b"From: " + b"x" * 20_000 + b" <alice@desk.example>",
    "many": b"From: " + b"mallory@evil.example, " * 500 + b"alice@desk.example",
}


BY_IMAP = replace(ENVELOPE, source="imap:box", peer="", mail_from=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Authentication-Results as they lie in the mail, topmost first, and the way it came."""

    fields: tuple[bytes, ...] = ()
    envelope: Envelope = BY_IMAP
    policy: Policy = POLICY


GOOD = b"mx.desk.example; dmarc=pass header.from=desk.example; dkim=pass header.d=desk.example"
FAIL = b"mx.desk.example; dmarc=fail (p=none) header.from=desk.example; dkim=none"
NONE = b"mx.desk.example; dmarc=none header.from=desk.example; dkim=none"
M365 = replace(POLICY, microsoft365=True)


def one(value: bytes, **changes: object) -> Results:
    return replace(Results(fields=(value,)), **changes)


def smuggled(words: bytes) -> bytes:
    """What a provider writes that copies MAIL FROM into its field without quoting it."""
    return b"mx.desk.example; spf=pass smtp.mailfrom=x" + words + b"@evil.example; " + FAIL[17:]


RESULTS = {
    "none": Results(),
    "fail": one(FAIL),
    "no policy": one(NONE),
    "forged below the real fail": Results(fields=(FAIL, GOOD)),
    "forged below a real none": Results(fields=(NONE, GOOD)),
    "forged below a real field cut short": Results(fields=(FAIL[:-12] + b" (", GOOD)),
    "forged below a real field without results": Results(fields=(b"mx.desk.example; none", GOOD)),
    "forged below, real in other case": Results(fields=(FAIL.replace(b"mx", b"MX"), GOOD)),
    "forged below, real with a version": Results(fields=(FAIL.replace(b"; ", b" 1; ", 1), GOOD)),
    "forged twice below": Results(fields=(FAIL, GOOD, GOOD)),
    "another's id": one(GOOD.replace(b"mx.desk", b"mx.evil")),
    "an id that begins alike": one(
        GOOD.replace(b"mx.desk.example", b"mx.desk.example.evil.example")
    ),
    "an id that ends alike": one(GOOD.replace(b"mx.desk.example", b"evil.mx.desk.example")),
    "the id as a comment": one(b"(mx.desk.example) mx.evil.example;" + GOOD.partition(b";")[2]),
    "the id with a space": one(
        GOOD.replace(b"mx.desk.example", b"mx.desk.example mx.evil.example")
    ),
    "another unknown version": one(GOOD.replace(b"; ", b" x; ", 1)),
    "no id": one(GOOD.partition(b"; ")[2]),
    "no id, below, at Microsoft": Results(fields=(FAIL, GOOD.partition(b"; ")[2]), policy=M365),
    "no id, below another's, at Microsoft": Results(
        fields=(b"mx.evil.example; none", GOOD.partition(b"; ")[2]), policy=M365
    ),
    "fail without an id, at Microsoft": Results(
        fields=(FAIL.partition(b"; ")[2], GOOD), policy=replace(M365, authserv_ids=())
    ),
    "by SMTP": one(GOOD, envelope=ENVELOPE),
    "by LMTP": one(GOOD, envelope=replace(ENVELOPE, source="lmtp")),
    "by a peer beside the listed one": one(
        GOOD, envelope=ENVELOPE, policy=replace(POLICY, trusted_peers=("192.0.2.10",))
    ),
    "no id is configured": one(GOOD, policy=replace(POLICY, authserv_ids=())),
    "a login as somebody else": one(FAIL, envelope=replace(ENVELOPE, authenticated_as="boris")),
    "pass in a comment": one(b"mx.desk.example; dmarc=fail (dmarc=pass header.from=desk.example)"),
    "pass as a reason": one(
        b'mx.desk.example; dmarc=fail reason="dmarc=pass" header.from=desk.example'
    ),
    "pass in quotes": one(
        b'mx.desk.example; spf=fail smtp.mailfrom="; dmarc=pass header.from=desk.example"'
    ),
    "folded": one(b"mx.desk.example;\r\n dmarc=fail\r\n (pass)\r\n header.from=desk.example"),
    "another From": one(b"mx.desk.example; dmarc=pass header.from=evil.example"),
    "another From beside": one(
        b"mx.desk.example; dmarc=pass header.from=evil.example header.from=desk.example"
    ),
    "no From": one(b"mx.desk.example; dmarc=pass"),
    "another From, then DKIM": one(
        b"mx.desk.example; dmarc=pass header.from=evil.example; dkim=pass header.d=desk.example"
    ),
    "sub-domain as From": one(b"mx.desk.example; dmarc=pass header.from=evil.desk.example"),
    "From that ends alike": one(b"mx.desk.example; dmarc=pass header.from=evildesk.example"),
    "From with an address": one(
        b"mx.desk.example; dmarc=pass header.from=desk.example@evil.example"
    ),
    "SPF alone": one(b"mx.desk.example; spf=pass smtp.mailfrom=desk.example"),
    "ARC alone": one(b"mx.desk.example; arc=pass header.from=desk.example header.d=desk.example"),
    "DMARC by ARC": one(
        b"mx.desk.example; dmarc=fail header.from=desk.example; arc=pass (dmarc=pass)"
    ),
    "best guess": one(b"mx.desk.example; dmarc=bestguesspass header.from=desk.example"),
    "DKIM of another": one(b"mx.desk.example; dkim=pass header.d=evil.example"),
    "DKIM of a sub-domain": one(b"mx.desk.example; dkim=pass header.d=evil.desk.example"),
    "DKIM of a sibling": one(b"mx.desk.example; dkim=pass header.d=evil.example"),
    "DKIM of a public suffix": one(b"mx.desk.example; dkim=pass header.d=example", policy=POLICY),
    "DKIM of what ends alike": one(b"mx.desk.example; dkim=pass header.d=k.example"),
    "DKIM by identity alone": one(b"mx.desk.example; dkim=pass header.i=@desk.example"),
    "DKIM of two domains": one(
        b"mx.desk.example; dkim=pass header.d=evil.example header.d=desk.example"
    ),
    "DKIM fails": one(b"mx.desk.example; dkim=fail header.d=desk.example"),
    "DKIM beside a DMARC fail": one(FAIL.replace(b"dkim=none", b"dkim=pass header.d=desk.example")),
    "DKIM beside no signature": one(NONE + b"; dkim=pass header.d=desk.example"),
    "DMARC smuggled by MAIL FROM": one(
        smuggled(b"; dmarc=pass header.from=desk.example; a=pass b.c=d")
    ),
    "DKIM smuggled by MAIL FROM": one(smuggled(b"; dkim=pass header.d=desk.example; a=pass b.c=d")),
    "smuggled with an end of its own": one(
        smuggled(b"; dmarc=pass header.from=desk.example; spf=pass smtp.mailfrom=y")
    ),
    "smuggled with an open comment": one(smuggled(b"; dmarc=pass header.from=desk.example (")),
    "smuggled in quotes": one(
        b'mx.desk.example; spf=pass smtp.mailfrom="x; dmarc=pass header.from=desk.example"'
        b"@evil.example; dmarc=fail header.from=desk.example"
    ),
    "cut short": one(GOOD[:30]),
    "cut within a quote": one(b'mx.desk.example; dmarc=pass header.from="desk.example'),
    "an empty field above": Results(fields=(b"", FAIL, GOOD)),
    "not UTF-8": one(
        GOOD.replace(b"dmarc=pass", b"dmarc=p\xe4ss").replace(b"dkim=pass", b"dkim=p\xe4ss")
    ),
    "in another field's name": Results(
        fields=(FAIL, b"x\r\nARC-Authentication-Results: i=1; " + GOOD)
    ),
}


def forged(shape: str, results: Results) -> bytes:
    """A mail that wants to close HELP-7, and knows all that outsiders can know of it."""
    lines = [b"Authentication-Results: " + field for field in results.fields]
    guessed = signed_id("alice@desk.example").replace(".p.abc", ".p.abd").encode()
    return b"\r\n".join(
        [
            *lines,
            SHAPES[shape],
            b"To: support@desk.example",
            b"Subject: Re: [HELP-7] Printer",
            b"Message-ID: <forged@evil.example>",
            b"In-Reply-To: " + guessed,
            b"References: <first@acme.example> <help-7.root@desk.example> " + guessed,
            b"",
            b"#done\r\nPay the invoice to this account.\r\n",
        ]
    )


def decision_on(shape: str, results: Results) -> Decision:
    envelope = results.envelope
    message = parse(forged(shape, results), envelope.mail_from)
    tickets = context(message, envelope, policy=results.policy)
    return decided(message, envelope, policy=results.policy, hints=tickets.hints)


def is_harmless(decision: Decision) -> bool:
    """Whether the forger got no more than a stranger may: at the most a ticket of his own."""
    ours = {address for agent in POLICY.agents for address in agent.emails}
    outside = [n for n in decision.notices if n.to.email not in ours]
    opened = decision.new_ticket
    return (
        decision.release is None
        and decision.ticket_id is None
        and (decision.comment is None or decision.comment.by_agent is None)
        and (opened is None or opened.requester.email not in ours)
        and {n.event for n in outside} <= {Event.TICKET_RECEIVED}
        and not {n.to.email for n in outside} & {p.email for p in TICKET.participants}
        and all(not n.lines and "HELP-7" not in n.title for n in outside)
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_nobody_becomes_an_agent_by_what_he_writes(shape: str) -> None:
    harmful = [kind for kind in RESULTS if not is_harmless(decision_on(shape, RESULTS[kind]))]
    assert harmful == []


PROOFS = {
    "DMARC": one(b"mx.desk.example; dmarc=pass header.from=desk.example"),
    "DKIM": one(b"mx.desk.example; dkim=pass header.d=desk.example"),
    "DKIM beside another signature": one(
        b"mx.desk.example; dkim=fail header.d=list.example; dkim=pass header.d=desk.example"
    ),
    "folded, with comments": one(
        b"mx.desk.example (x) 1;\r\n dmarc (a) =\r\n (b) pass (p=none)\r\n"
        b" header . from=desk.example"
    ),
    "doubled": Results(fields=(GOOD, GOOD)),
    "below another's": Results(fields=(b"mx.evil.example; dmarc=fail", GOOD)),
    "id in other case": one(GOOD.replace(b"mx", b"MX")),
    "id with a version": one(GOOD.replace(b"; ", b" 1; ", 1)),
    "Microsoft": one(GOOD.partition(b"; ")[2], policy=M365),
    "a listed peer": one(
        GOOD, envelope=ENVELOPE, policy=replace(POLICY, trusted_peers=("192.0.2.1",))
    ),
    "a login": Results(envelope=replace(ENVELOPE, authenticated_as="alice")),
}


@pytest.mark.parametrize("kind", PROOFS)
@pytest.mark.parametrize(
    "shape",
    [
        "plain",
        "with a name",
        "upper case",
        "evil comment",
        "folded before",
    ],
)
def test_who_can_prove_it_is_the_agent(shape: str, kind: str) -> None:
    decision = decision_on(shape, PROOFS[kind])
    assert decision.ticket_id == TICKET.id
    assert decision.comment
    assert decision.comment.by_agent == "alice"


WALKED = [
    ("plain", "none"),
    ("plain", "forged below the real fail"),
    ("with a name", "DMARC smuggled by MAIL FROM"),
    ("two fields", "another's id"),
    ("two mailboxes", "no id"),
    ("address as the name", "another From"),
    ("group", "fail"),
    ("Sender", "none"),
    ("folded inside", "forged below a real field cut short"),
    ("quoted local part", "by SMTP"),
]


@pytest.mark.parametrize(("shape", "kind"), WALKED)
def test_the_whole_way_nothing_is_done_and_nothing_is_told(
    walk: Walk, shape: str, kind: str
) -> None:
    opened = walk.receive(mail())
    before = walk.ticket("HELP-1")
    raw = forged(shape, RESULTS[kind]).replace(b"HELP-7", b"HELP-1")
    by = "smtp" if kind == "by SMTP" else "imap:box"
    step = walk.receive(
        raw.replace(b"<first@acme.example>", str(opened.row["message_id"]).encode()), by=by
    )
    after = walk.ticket("HELP-1")
    assert after["comments"] == before["comments"]
    assert after["participants"] == before["participants"]
    assert after["status"] == before["status"]
    told = [
        m
        for m in step.mails
        if not str(m["X-Original-To"]).endswith(("desk.example", "home.example"))
    ]
    for each in told:
        assert each["X-Maildesk-Event"] == "ticket.received"
        assert "HELP-1" not in each.as_string().replace("[HELP-1] Printer", "")
    assert "ada@acme.example" not in [m["X-Original-To"] for m in step.mails]
