"""What the relay says, and what becomes of the mail.

In: real SMTP dialogues with a scripted relay on the loopback. Out: sent, later, never, or "the
relay was not there", each with the relay's own words.
*Fails:* as every test does.
"""

from __future__ import annotations

import base64
import contextlib
import subprocess
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from maildesk.errors import (
    ConfigError,
    PermanentDelivery,
    RelayDown,
    RelayRefused,
    TemporaryDelivery,
)
from maildesk.outbox.smtp_transport import SmtpTransport
from tests import parts
from tests.outbox.relay import DROP, HANG, SLOW, Relay, certificate, running
from tests.ports import free_port

MAIL = b"Subject: hello\r\n\r\nA line.\r\n"
SECOND = timedelta(seconds=1)
QUICK = SECOND / 2


def transport(relay: Relay, **settings: Any) -> SmtpTransport:
    # For what must come; what must not come in time is waited for by the tests' own patience.
    patience = dict.fromkeys(("connect_timeout", "command_timeout", "timeout"), 30 * SECOND)
    return SmtpTransport(
        host="127.0.0.1", port=relay.port, helo="desk.example", **patience | settings
    )


def send(relay: Relay, mail: bytes = MAIL, to: str = "bob@example.net", **settings: Any) -> str:
    out = transport(relay, **settings)
    try:
        return out.send(mail, "desk@example.com", to)
    finally:
        out.close()


def test_the_relays_acceptance_is_told_with_its_code() -> None:
    with running() as relay:
        assert send(relay) == "250 2.0.0 queued as 4711"
        (mail,) = relay.taken
    assert mail.mail_from == f"FROM:<desk@example.com> SIZE={len(MAIL) + 3}"
    assert mail.rcpt_to == "TO:<bob@example.net>"
    assert mail.data == MAIL


def test_the_null_sender_is_empty_brackets() -> None:
    with running(extensions=()) as relay:
        out = transport(relay)
        out.send(MAIL, "", "bob@example.net")
        out.close()
        assert relay.taken[0].mail_from == "FROM:<>"


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_4xx_means_later_and_keeps_the_words(verb: str) -> None:
    with (
        running({verb: ["450-4.2.1 mailbox\r\n450 4.2.1 is busy"]}) as relay,
        pytest.raises(TemporaryDelivery, match=r"450 4.2.1 mailbox 4.2.1 is busy"),
    ):
        send(relay)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_5xx_means_never_and_keeps_the_words(verb: str) -> None:
    with (
        running({verb: ["550 5.1.1 no such user"]}) as relay,
        pytest.raises(PermanentDelivery, match=r"550 5\.1\.1 no such user"),
    ):
        send(relay)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize("fault", [DROP, "what?", "999 yes"])
def test_a_broken_dialogue_means_later(verb: str, fault: str) -> None:
    with (
        running({verb: [fault]}) as relay,
        pytest.raises(TemporaryDelivery),
    ):
        send(relay)


@pytest.mark.parametrize(
    "verb", ["DATA", *(pytest.param(v, marks=pytest.mark.slow) for v in ("MAIL", "RCPT", "DOT"))]
)
def test_a_relay_that_stops_answering_means_later(verb: str) -> None:
    with running({verb: [HANG]}) as relay, pytest.raises(TemporaryDelivery):
        send(relay, command_timeout=QUICK, timeout=QUICK)


def test_a_line_too_long_for_smtplib_is_not_taken_for_a_refusal() -> None:
    with (
        running({"DOT": ["250 " + "x" * 10_000]}) as relay,
        pytest.raises(TemporaryDelivery),
    ):
        send(relay)


@pytest.mark.parametrize("verb", ["BANNER", "EHLO", "MAIL"])
def test_a_421_before_the_mail_was_looked_at_costs_it_nothing(verb: str) -> None:
    with (
        running({verb: ["421 4.3.2 going down", "421 4.3.2 going down"]}) as relay,
        pytest.raises(RelayDown, match=r"421 4\.3\.2 going down|unexpectedly closed"),
    ):
        send(relay)


def test_a_421_to_the_recipient_means_later() -> None:
    with (
        running({"RCPT": ["421 4.7.0 too many for this one"]}) as relay,
        pytest.raises(TemporaryDelivery, match="421"),
    ):
        send(relay)


def test_a_554_banner_is_about_us_and_no_mail_dies_of_it() -> None:
    with (
        running({"BANNER": ["554 5.7.1 your network is listed"]}) as relay,
        pytest.raises(RelayDown, match=r"554 5\.7\.1 your network is listed"),
    ):
        send(relay)


@pytest.mark.parametrize("code", [530, 535, 538])
def test_a_relay_that_wants_a_login_first_kills_no_mail(code: int) -> None:
    with (
        running({"MAIL": [f"{code} 5.7.0 authentication required"]}) as relay,
        pytest.raises(RelayDown, match=str(code)),
    ):
        send(relay)


@pytest.mark.parametrize("fault", [DROP, HANG, "what?"])
def test_a_relay_that_says_nothing_useful_is_down(fault: str) -> None:
    with (
        running({"BANNER": [fault]}) as relay,
        pytest.raises(RelayDown, match=r"127\.0\.0\.1"),
    ):
        send(relay, connect_timeout=QUICK)


def test_a_refused_connection_is_a_relay_that_is_down() -> None:
    port = free_port()
    out = SmtpTransport(host="127.0.0.1", port=port)
    with pytest.raises(RelayDown, match=rf"127\.0\.0\.1:{port}: .*refused"):
        out.send(MAIL, "", "bob@example.net")


def test_an_unknown_host_is_a_relay_that_is_down() -> None:
    out = SmtpTransport(host="relay.invalid", port=25, connect_timeout=30 * SECOND)
    with pytest.raises(RelayDown, match=r"relay\.invalid:25"):
        out.check()


def test_the_connection_is_kept_for_the_next_mail() -> None:
    with running() as relay:
        out = transport(relay)
        for _ in range(3):
            out.send(MAIL, "", "bob@example.net")
        out.close()
        assert (relay.connections, len(relay.taken)) == (1, 3)
        assert relay.lines[-1].upper() == "QUIT"


def test_after_a_hundred_mails_a_new_connection_is_made() -> None:
    with running() as relay:
        out = transport(relay)
        for _ in range(101):
            out.send(MAIL, "", "bob@example.net")
        out.close()
        assert (relay.connections, len(relay.taken)) == (2, 101)


def test_a_connection_idle_for_half_a_minute_is_closed() -> None:
    now = [0.0]
    with running() as relay:
        out = transport(relay, monotonic=lambda: now[0])
        out.send(MAIL, "", "bob@example.net")
        now[0] = 29.0
        out.close_idle()
        assert relay.lines[-1].upper() != "QUIT"
        now[0] = 31.0
        out.close_idle()
        assert relay.lines[-1].upper() == "QUIT"
        out.send(MAIL, "", "bob@example.net")
        out.close()
        assert relay.connections == 2


@pytest.mark.parametrize("fault", [DROP, HANG, "421 4.4.2 idle too long", "500 what?"])
def test_a_kept_connection_that_died_is_replaced_without_a_failed_mail(fault: str) -> None:
    with running({"RSET": [fault]}) as relay:
        out = transport(relay, command_timeout=QUICK)
        out.send(MAIL, "", "bob@example.net")
        assert out.send(MAIL, "", "bob@example.net").startswith("250")
        out.close()
        assert (relay.connections, len(relay.taken)) == (2, 2)


def test_a_refused_mail_leaves_the_session_fit_for_the_next() -> None:
    with running({"RCPT": ["550 no"], "DATA": ["451 later"]}) as relay:
        out = transport(relay)
        with pytest.raises(PermanentDelivery):
            out.send(MAIL, "", "nobody@example.net")
        with pytest.raises(TemporaryDelivery):
            out.send(MAIL, "", "bob@example.net")
        out.send(MAIL, "", "bob@example.net")
        out.close()
        assert (relay.connections, len(relay.taken)) == (1, 1)


def test_a_drop_after_the_dot_leaves_the_same_mail_to_be_sent_again() -> None:
    with running({"DOT": [DROP]}) as relay:
        out = transport(relay)
        with pytest.raises(TemporaryDelivery, match="broke off"):
            out.send(MAIL, "", "bob@example.net")
        out.send(MAIL, "", "bob@example.net")
        out.close()
        assert [m.data for m in relay.taken] == [MAIL]


def test_the_final_dot_may_take_longer_than_any_command() -> None:
    with running({"DOT": [f"{SLOW}250 ok"]}) as relay:
        assert send(relay, command_timeout=QUICK) == "250 ok"
    with running({"RCPT": [f"{SLOW}250 ok"]}) as relay, pytest.raises(TemporaryDelivery):
        send(relay, command_timeout=QUICK)


def test_line_ends_of_any_kind_cannot_end_the_mail_early() -> None:
    smuggled = b"Subject: x\n\na\n.\nMAIL FROM:<evil@x>\r\n.\r.\r\n\r.\n.\r\nlast"
    with running() as relay:
        send(relay, smuggled)
        (mail,) = relay.taken
    wanted = smuggled.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    assert mail.data == wanted + b"\r\n"


@pytest.mark.parametrize("to", ["a@x.test>\r\nDATA", "a b@x.test", "<a@x.test>", "a@x@", "", "a@"])
def test_an_address_that_is_none_never_reaches_the_wire(to: str) -> None:
    with running() as relay:
        with pytest.raises(PermanentDelivery, match=r"no address|domain name"):
            send(relay, to=to)
        assert not relay.connections


def test_a_domain_travels_in_ascii() -> None:
    with running() as relay:
        send(relay, to="bob@straße.example")
        assert relay.taken[0].rcpt_to == "TO:<bob@xn--strae-oqa.example>"


def test_a_local_part_beyond_ascii_needs_a_relay_with_smtputf8() -> None:
    with (
        running() as relay,
        pytest.raises(PermanentDelivery, match=r"SMTPUTF8.*jürgen@example\.net"),
    ):
        send(relay, to="jürgen@example.net")
    with running(extensions=("8BITMIME", "SMTPUTF8")) as relay:
        send(relay, to="jürgen@example.net")
        assert relay.taken[0].rcpt_to == "TO:<jürgen@example.net>"
        assert relay.taken[0].mail_from.endswith(" SMTPUTF8")


def test_plain_carries_a_password_beyond_ascii() -> None:
    with running(extensions=("AUTH LOGIN PLAIN",)) as relay:
        send(relay, username="desk", password=lambda: "geheim-ü")
        line = next(line for line in relay.lines if line.startswith("AUTH"))
    assert base64.b64decode(line.split()[2]).decode() == "\0desk\0geheim-ü"


def test_login_is_used_where_plain_is_missing() -> None:
    script = {"AUTH": ["334 UGFzc3dvcmQ6", "235 ok"]}
    with running(script, extensions=("AUTH LOGIN",)) as relay:
        send(relay, username="desk", password=lambda: "geheim")
        at = next(n for n, line in enumerate(relay.lines) if line.startswith("AUTH LOGIN"))
        words = [relay.lines[at].split()[2], relay.lines[at + 1]]
    assert [base64.b64decode(w) for w in words] == [b"desk", b"geheim"]


def test_xoauth2_carries_a_fresh_token_at_each_login() -> None:
    tokens = iter(("one", "two"))
    with running(extensions=("AUTH XOAUTH2",)) as relay:
        out = transport(relay, username="desk@example.com", token=lambda: next(tokens))
        out.check()
        out.close()
        out.check()
        out.close()
        said = [base64.b64decode(line.split()[2]) for line in relay.lines if "XOAUTH2" in line]
    assert said == [
        b"user=desk@example.com\x01auth=Bearer one\x01\x01",
        b"user=desk@example.com\x01auth=Bearer two\x01\x01",
    ]


def test_an_expired_token_is_told_in_the_relays_words() -> None:
    script = {"AUTH": ["334 eyJzdGF0dXMiOiI0MDEifQ==", "535 5.7.8 token expired"]}
    with (
        running(script, extensions=("AUTH XOAUTH2",)) as relay,
        pytest.raises(RelayDown, match=r"login as desk failed: 535 5\.7\.8 token expired"),
    ):
        send(relay, username="desk", token=lambda: "old")


@pytest.mark.parametrize("code", [454, 535])
def test_a_failed_login_kills_no_mail_and_tells_no_password(code: int) -> None:
    with (
        running({"AUTH": [f"{code} no"]}, extensions=("AUTH PLAIN",)) as relay,
        pytest.raises(RelayDown) as told,
    ):
        send(relay, username="desk", password=lambda: "hunter2")
    assert str(code) in str(told.value)
    assert "hunter2" not in str(told.value)
    assert isinstance(told.value, RelayRefused) is (code == 535)


@pytest.mark.parametrize(("was_kept", "kind"), [(True, RelayDown), (False, RelayRefused)])
def test_a_kept_token_that_is_refused_gets_a_second_chance_soon(
    was_kept: bool, kind: type[RelayDown]
) -> None:
    with (
        running({"AUTH": ["535 no"]}, extensions=("AUTH XOAUTH2",)) as relay,
        pytest.raises(RelayDown) as told,
    ):
        send(relay, username="desk", token=lambda: "old", forget_token=lambda: was_kept)
    assert type(told.value) is kind


def test_a_password_that_cannot_be_read_kills_no_mail() -> None:
    def unreadable() -> str:
        raise ConfigError(("outgoing.password_file: no such file",))

    with (
        running(extensions=("AUTH PLAIN",)) as relay,
        pytest.raises(RelayDown, match="no such file"),
    ):
        send(relay, username="desk", password=unreadable)


@parts.need("openssl")
@pytest.mark.parametrize("way", ["starttls", "implicit"])
def test_tls_to_a_relay_with_the_right_name_carries_the_mail(tmp_path: Path, way: str) -> None:
    server, client = certificate(tmp_path, "127.0.0.1")
    with running(tls=server, implicit=way == "implicit") as relay:
        assert send(relay, tls=way, context=client).startswith("250")
        assert "ehlo desk.example" in relay.lines


@parts.need("openssl")
@pytest.mark.parametrize("way", ["starttls", "implicit"])
@pytest.mark.parametrize("trust", ["wrong name", "unknown issuer"])
def test_a_certificate_that_does_not_hold_gets_no_mail_and_no_password(
    tmp_path: Path, way: str, trust: str
) -> None:
    server, client = certificate(
        tmp_path, "other.example" if trust == "wrong name" else "127.0.0.1"
    )
    settings: dict[str, Any] = {"context": client} if trust == "wrong name" else {}

    def never() -> str:
        pytest.fail("a password was asked for")

    with running(tls=server, implicit=way == "implicit", extensions=("AUTH PLAIN",)) as relay:
        with pytest.raises(RelayDown, match="certificate verify failed"):
            send(relay, tls=way, username="desk", password=never, **settings)
        assert not relay.taken


def test_a_relay_without_starttls_gets_no_mail_when_tls_is_asked_for() -> None:
    with running() as relay:
        with pytest.raises(RelayDown, match="STARTTLS"):
            send(relay, tls="starttls")
        assert not relay.taken


@parts.need("smtp-sink")
def test_a_real_sink_takes_a_burst(tmp_path: Path) -> None:
    port = free_port()
    command = [
        parts.path("smtp-sink"),
        *(["-u", "nobody"] if not Path("/root").stat().st_uid else []),
    ]
    sink = subprocess.Popen([*command, f"127.0.0.1:{port}", "10"], stderr=subprocess.DEVNULL)
    out = SmtpTransport(host="127.0.0.1", port=port)
    try:
        for _ in range(200):
            with contextlib.suppress(RelayDown):
                out.check()
                break
            time.sleep(0.02)
        replies = [out.send(MAIL, "", "bob@example.net") for _ in range(120)]
        out.close()
    finally:
        sink.terminate()
        sink.wait(30)
    assert set(replies) == {"250 2.0.0 Ok"}
