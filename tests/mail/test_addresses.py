"""Who wrote: one sound mailbox in one From field, or nobody."""

import pytest

from maildesk.core.model import Mailbox
from maildesk.mail.addresses import read_addresses, read_path
from maildesk.mail.headers import split

EVIL = "mallory@evil.example"

ONE = {
    "staff@desk.example": ("staff@desk.example", ""),
    "<staff@desk.example>": ("staff@desk.example", ""),
    "Staff <Staff@Desk.Example>": ("staff@desk.example", "Staff"),
    '"Doe, Jane" <jane@desk.example>': ("jane@desk.example", "Doe, Jane"),
    "jane@desk.example (Jane Doe)": ("jane@desk.example", "Jane Doe"),
    "'Jane Doe' <jane@desk.example>": ("jane@desk.example", "Jane Doe"),
    "jane@desk.example <jane@desk.example>": ("jane@desk.example", ""),
    f"staff@desk.example <{EVIL}>": (EVIL, "staff@desk.example"),
    f'"staff@desk.example" <{EVIL}>': (EVIL, "staff@desk.example"),
    f"(staff@desk.example) {EVIL}": (EVIL, "staff@desk.example"),
    f'"<staff@desk.example>" <{EVIL}>': (EVIL, "<staff@desk.example>"),
    f"=?utf-8?q?staff=40desk=2Eexample?= <{EVIL}>": (EVIL, "staff@desk.example"),
    f"=?utf-8?q?=3Cstaff=40desk=2Eexample=3E=2C?= <{EVIL}>": (EVIL, "<staff@desk.example>,"),
    "Büro <büro@desk.example>": ("büro@desk.example", "Büro"),
    '"=?utf-8?q?B=C3=BCro?=" <buero@desk.example>': ("buero@desk.example", "Büro"),
    "=?iso-2022-jp?B?GyRCOzNFRBsoQg==?= <yamada@desk.example>": ("yamada@desk.example", "山田"),
}
NOBODY = [
    "",
    "MAILER-DAEMON",
    "MAILER-DAEMON <>",
    "undisclosed-recipients:;",
    f"staff@desk.example, {EVIL}",
    f"<staff@desk.example>, <{EVIL}>",
    f"<staff@desk.example> <{EVIL}>",
    f"<staff@desk.example>:<{EVIL}>",
    f"staff@desk.example:{EVIL}",
    f"staff@desk.example: {EVIL};",
    f"Team: {EVIL};",
    f"<staff@desk.example {EVIL}>",
    f"<staff@desk.example\x00{EVIL}>",
    f"staff@desk.example\x00<{EVIL}",
    f"staff@desk.example>{EVIL}",
    f"<<staff@desk.example>{EVIL}>",
    f"staff@desk.example({EVIL}",
    f'"staff@desk.example <{EVIL}>',
    "staff@desk.example@evil.example",
    "staff@desk.example;evil.example",
    '"staff@desk.example"@evil.example, x',
    "staff desk <staff desk@desk.example>",
    f"{EVIL}, staff@desk.example <",
    f"staff@desk.example, {EVIL} and friends",
    "=?utf-8?q?staff=40desk=2Eexample?=",
    "<=?utf-8?q?staff=40desk=2Eexample?=>",
    "\x00staff@desk.example",
    "Staff <\x08staff@desk.example>",
]


@pytest.mark.parametrize("value", ONE)
def test_a_from_with_one_sound_mailbox_names_its_writer(value: str) -> None:
    email, name = ONE[value]
    found = read_addresses(split(f"From: {value}\r\n\r\n".encode()))
    assert found.sender == Mailbox(email=email, name=name)
    assert found.from_address == email


@pytest.mark.parametrize("value", NOBODY)
def test_a_from_with_none_or_several_or_a_trick_names_nobody(value: str) -> None:
    assert read_addresses(split(f"From: {value}\r\n\r\n".encode())).sender is None


# What breaks the grammar and leaves no doubt: it can be answered, but is never an agent.
MENDED = {
    "Zed <zed@z.example>;": ("zed@z.example", "Zed"),
    "zed@z.example ;": ("zed@z.example", ""),
    '"Zed, the; first" <zed@z.example>;': ("zed@z.example", "Zed, the; first"),
    "=?utf-8?q?Z=C3=A9d?= <zed@z.example>;": ("zed@z.example", "Zéd"),
    "Hana <a..b.@docomo.example>": ("a..b.@docomo.example", "Hana"),
    "a..b.@docomo.example": ("a..b.@docomo.example", ""),
    ".hana@docomo.example": (".hana@docomo.example", ""),
}


@pytest.mark.parametrize("value", MENDED)
def test_a_from_that_breaks_the_grammar_without_doubt_can_be_answered(value: str) -> None:
    email, name = MENDED[value]
    found = read_addresses(split(f"From: {value}\r\n\r\n".encode()))
    assert (found.sender, found.is_mended) == (Mailbox(email=email, name=name), True)


@pytest.mark.parametrize(
    "value",
    [
        f"staff@desk.example; {EVIL}",
        f"staff@desk.example;{EVIL};",
        f"Staff <staff@desk.example>; <{EVIL}>",
        f"Staff <staff@desk.example>; {EVIL}",
        f"staff@desk.example <{EVIL}>;",
        f"Team: {EVIL};",
        f'"a" staff@desk.example <{EVIL}>;',
        "a..b@desk..example",
    ],
)
def test_a_doubtful_from_is_not_mended(value: str) -> None:
    assert not read_addresses(split(f"From: {value}\r\n\r\n".encode())).is_mended


def test_quotes_around_odd_dots_are_right_and_are_left_out_of_the_address() -> None:
    found = read_addresses(split(b'From: "a..b."@docomo.example\r\n\r\n'))
    assert found.sender == Mailbox(email="a..b.@docomo.example")
    assert not found.is_mended


@pytest.mark.parametrize("value", ["Ada@XN--bcher-KVA.example", "ada@B\u00dcCHER.example"])
def test_both_forms_of_a_domain_are_one_address(value: str) -> None:
    found = read_addresses(split(f"From: {value}\r\nCc: {value}\r\n\r\n".encode()))
    assert (found.sender, found.cc) == ((box := Mailbox(email="ada@bücher.example")), (box,))


@pytest.mark.parametrize("second", ["From", "FROM", "from "])
def test_a_second_from_field_makes_the_writer_nobody(second: str) -> None:
    raw = f"From: staff@desk.example\r\n{second}: {EVIL}\r\n\r\n".encode()
    assert read_addresses(split(raw)).sender is None


def test_even_the_same_from_twice_names_nobody() -> None:
    raw = b"From: staff@desk.example\r\nFrom: staff@desk.example\r\n\r\n"
    assert read_addresses(split(raw)).sender is None


def test_a_letter_that_only_becomes_ascii_in_lower_case_makes_another_address() -> None:
    found = read_addresses(split("From: STAFF@des\u212a.EXAMPLE\r\n\r\n".encode()))
    assert found.from_address == "staff@des\u212a.example"


def test_a_latin_name_is_honest_and_a_latin_address_is_not() -> None:
    named = read_addresses(split(b"From: J\xfcrgen <j@desk.example>\r\n\r\n")).sender
    assert named == Mailbox(email="j@desk.example", name="Jürgen")
    assert read_addresses(split(b"From: <j\xfcrgen@desk.example>\r\n\r\n")).sender is None


def test_what_lists_show_is_the_address_as_far_as_it_can_be_read() -> None:
    def shown(value: str) -> str:
        return read_addresses(split(f"From: {value}\r\n\r\n".encode())).from_address

    assert shown("john..doe@docomo.example") == "john..doe@docomo.example"
    assert shown("Broken <broken@desk.example") == "broken@desk.example"
    assert shown("a@desk.example, b@desk.example") == "a@desk.example"
    assert shown("nobody at all") == ""


def test_recipients_of_several_fields_are_one_list_of_at_most_fifty() -> None:
    many = ", ".join(f"u{number}@desk.example" for number in range(60))
    found = read_addresses(
        split(f"To: A@x.example\r\nTo: a@x.example\r\nCc: {many}\r\n\r\n".encode())
    )
    assert found.to == (Mailbox(email="a@x.example"),)
    assert len(found.cc) == 50


def test_groups_in_to_give_their_members() -> None:
    found = read_addresses(split(b"To: Team: a@x.example, B <b@x.example>;, c@x.example\r\n\r\n"))
    assert [box.email for box in found.to] == ["a@x.example", "b@x.example", "c@x.example"]


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (b"<>", ""),
        (b" < > ", ""),
        (b"<A@x.example>", "a@x.example"),
        (b"a@x.example", "a@x.example"),
        (b"<a@x.example> (comment)", "a@x.example"),
        (b"nonsense", None),
        (b"", None),
        (None, None),
    ],
)
def test_a_path_is_an_address_or_null_or_nothing(value: bytes | None, path: str | None) -> None:
    assert read_path(value) == path
