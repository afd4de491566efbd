"""The listener's words, as a table."""

from __future__ import annotations

import re

import pytest
from aiosmtpd.smtp import SMTP

from maildesk.inbox.smtp_replies import Reply, refused, stored
from maildesk.inbox.smtp_session import LMTP_COMMANDS, SMTP_COMMANDS


@pytest.mark.parametrize("reply", [*Reply, stored(12), refused("no")])
def test_each_reply_is_one_short_ascii_line_with_its_enhanced_code(reply: str) -> None:
    assert re.fullmatch(r"(354|([245])[0-9]{2} \2\.[0-9]\.[0-9]{1,2}) [ -~]{1,200}", reply)


def test_a_refusal_has_no_line_ends_whatever_its_sentence_says() -> None:
    assert refused("no\r\n250 yes\x00 naïve") == "550 5.7.1 no 250 yes  na ve"
    assert len(refused("x" * 10_000)) < 512


def test_no_command_of_the_library_answers_behind_our_back() -> None:
    theirs = {name.removeprefix("smtp_") for name in dir(SMTP) if name.startswith("smtp_")}
    assert theirs <= set(SMTP_COMMANDS)
    assert {"HELO", "EHLO"}.isdisjoint(LMTP_COMMANDS)
