"""The catalogues: what a sentence may hold, and that all languages say the same.

In: the shipped words, and catalogues with faults. Out: sentences and faults.
*Fails:* as every test does.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser

import maildesk
from maildesk.core.dates import DateFault
from maildesk.core.durations import DurationFault
from maildesk.core.estimates import DECISION, Answer, Verdict
from maildesk.core.intake_words import ticket_type
from maildesk.core.orders.forms import FORMS
from maildesk.core.phrase import phrase
from maildesk.core.priority import level
from maildesk.core.rating import RatingFault
from maildesk.core.workflow import DELIVERED, StatusName
from maildesk.errors import TemplateError
from maildesk.mail import salvage
from maildesk.mail.sealed import ENCRYPTED, ENCRYPTED_HERE, WRAPPED
from maildesk.outbox import wording
from maildesk.outbox.catalogue import FORMATS, Catalogue, read
from maildesk.outbox.render import Renderer
from maildesk.outbox.samples import EVENTS, sample
from maildesk.outbox.speech import Speaker, plain, speech
from maildesk.outbox.status_names import status_names
from maildesk.outbox.templates_dir import shipped_templates
from maildesk.outbox.unreadable import in_words

SHIPPED = shipped_templates()
ENGLISH = read(SHIPPED / "en/words.toml", SHIPPED / "en/words.toml")
LANGUAGES = sorted(p.parent.name for p in SHIPPED.glob("*/words.toml"))
NEVER_COUNTED = {"key", "subject", "desk", "count"}


def words(folder: Path, text: str, language: str = "en") -> Catalogue:
    """An admin's catalogue, held against ours."""
    path = folder / language / "words.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return read(path, SHIPPED / "en/words.toml")


def speaker(
    folder: Path, text: str, *, language: str = "en", timezone: str = "UTC", is_html: bool = False
) -> Speaker:
    """Somebody who says the sentences of `text`, which stand under [own]."""
    words(folder, "[own]\n" + text, language)
    values = {
        "timezone": timezone,
        "ticket": {"key": "HELP-12", "subject": "Pink <pages>"},
        "desk": {"name": "Example Support"},
    }
    chain = (language, "en")
    said = speech((folder, SHIPPED), chain)
    return Speaker(said, locale=language, values=values, is_html=is_html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_says_all_that_english_says_with_the_same_values(language: str) -> None:
    catalogue = read(SHIPPED / language / "words.toml", SHIPPED / "en/words.toml")
    assert catalogue.faults == ()
    assert catalogue.phrases.keys() == ENGLISH.phrases.keys()
    for code, phrasing in catalogue.phrases.items():
        wanted = ENGLISH.phrases[code].slots - NEVER_COUNTED
        assert phrasing.slots - NEVER_COUNTED == wanted, code
        assert phrasing.is_plural == ENGLISH.phrases[code].is_plural or language in ("ja", "ko")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_the_plural_forms_that_its_numbers_need(language: str) -> None:
    catalogue = read(SHIPPED / language / "words.toml", SHIPPED / "en/words.toml")
    rule = Locale.parse(language).plural_form
    needed = {rule(count) for count in range(201)}
    for code, phrasing in catalogue.phrases.items():
        if phrasing.is_plural:
            assert phrasing.forms.keys() >= needed | {"other"}, code


@pytest.mark.parametrize("language", LANGUAGES)
def test_statuses_types_and_levels_have_plain_names(language: str) -> None:
    catalogue = read(SHIPPED / language / "words.toml", SHIPPED / "en/words.toml")
    for code, phrasing in catalogue.phrases.items():
        if code.startswith("name."):
            assert phrasing.slots == frozenset()
            assert phrasing.forms["other"], code


@pytest.mark.parametrize(
    ("table", "faults"),
    [
        ("time", DurationFault),
        ("date", DateFault),
        ("approval", set(Verdict) - {Verdict.SOUND, Verdict.AGAIN, Verdict.DECIDED}),
        ("approval", {f"{state}-already" for state in DECISION.values()}),
        ("approval", {f"{state}-by" for state in DECISION.values()}),
        ("action", Answer),
        ("rating", RatingFault),
        ("guide", FORMS),
    ],
)
def test_every_fault_and_answer_has_its_sentence(table: str, faults: Iterable[str]) -> None:
    codes = {f"{table}.{str(fault).replace(' ', '-')}" for fault in faults}
    assert codes <= set(ENGLISH.phrases)


def test_every_sentence_is_said_somewhere() -> None:
    sources = [*SHIPPED.rglob("*.j2"), *Path(maildesk.__file__).parent.rglob("*.py")]
    said = "\n".join(path.read_text() for path in sources)
    # Of these the code is put together, or a name of the ticket's.
    built = (
        "action.",
        "approval.",
        "beside.",
        "changed.",
        "date.",
        "guide.",
        "link.",
        "name.",
        "rating.",
        "time.",
        "why.",
    )
    unsaid = [c for c in ENGLISH.phrases if not c.startswith(built) and f'"{c}"' not in said]
    assert unsaid == []


_LETTER = re.compile(r"(\{[^}]*\})|[A-Za-z]")


def disguised(table: dict[str, Any], place: tuple[str, ...] = ()) -> Iterator[str]:
    """The English words as TOML lines, every letter but those of slots replaced."""
    for key, value in table.items():
        code = ".".join(json.dumps(part) for part in (*place, key))
        if isinstance(value, dict):
            yield from disguised(value, (*place, key))
        else:
            yield f"{code} = {json.dumps(_LETTER.sub(lambda m: m[1] or 'ж', value))}"


@pytest.fixture(scope="module")
def in_disguise(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    """The shipped layouts with sentences of no Latin letter."""
    folder = tmp_path_factory.mktemp("disguised")
    english = tomllib.loads((SHIPPED / "en/words.toml").read_text())
    words(folder, "\n".join(disguised(english)), "uk")
    return Renderer((folder, SHIPPED))


@pytest.mark.parametrize("event", EVENTS)
def test_no_layout_holds_words_of_its_own(event: str, in_disguise: Renderer) -> None:
    values = sample(event)
    rendered = in_disguise.render(event, "uk", values)
    assert rendered.faults == ()
    shown = str(LexborHTMLParser(str(rendered.html)).body.text(separator=" "))
    given = json.dumps(values, ensure_ascii=False).replace("\\n", " ").lower()
    known = set(re.findall("[a-z]+", given)) | {"b", "kb", "mb", "cet"}
    known |= {"maildesk", "status", "outbox", "retry", "public", "queue", "help"}
    for text in (rendered.subject, re.sub(r"mailto:\S+", "", rendered.text), shown):
        assert set(re.findall("[a-z]+", text.lower())) - known == set(), text


@cache
def calls() -> list[tuple[str, ast.Call]]:
    """Every call in the sources, and its file."""
    return [
        (path.name, node)
        for path in sorted(Path(maildesk.__file__).parent.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    ]


def spoken_by_the_core() -> Iterator[tuple[str, int, str, set[str]]]:
    """Every `phrase("code", name=…)` in the sources: file, line, code, and what it gives."""
    for file, node in calls():
        if getattr(node.func, "id", "") == "phrase":
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant):
                given = {k.arg or "**" for k in node.keywords}
                yield file, node.lineno, str(first.value), given


def test_whatever_the_core_says_has_words_and_gives_their_values() -> None:
    wrong = []
    for file, line, code, given in spoken_by_the_core():
        found = ENGLISH.phrases.get(code)
        if found is None:
            wrong.append(f"{file}:{line}: {code} has no words")
        elif "**" not in given and found.slots - {"key", "subject", "desk"} - given:
            wrong.append(f"{file}:{line}: {code} lacks {sorted(found.slots - given)}")
    assert wrong == []


def has_words(node: ast.expr) -> bool:
    """Whether an argument is a text that stands in the source."""
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_text or isinstance(node, ast.JoinedStr)


def test_no_alert_has_a_title_or_a_line_of_its_own_words() -> None:
    wrong = []
    telling = {"alerts", "warned", "undelivered", "alert", "_alert", "_tell", "command_failed"}
    for file, node in calls():
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in telling and any(map(has_words, node.args)):
            wrong.append(f"{file}:{node.lineno}")
    assert wrong == []


def test_several_names_in_one_value_are_each_said_in_the_language(tmp_path: Path) -> None:
    alice = speaker(tmp_path, 'x = "{x:field}"', language="ja")
    assert alice.say("own.x", x="owner\ndue\nshoe size") == "担当者、期日、shoe size"


def test_a_value_stays_what_it_is_whatever_it_looks_like(tmp_path: Path) -> None:
    alice = speaker(tmp_path, 'took = "{name} took {key} of {desk} {{so}}"')
    said = alice.say("own.took", name="{key} {{ 7 * 7 }} %s")
    assert said == "{key} {{ 7 * 7 }} %s took HELP-12 of Example Support {so}"


def test_in_html_sentence_and_values_are_escaped_but_for_markup(tmp_path: Path) -> None:
    alice = speaker(tmp_path, 'took = "<i> {name} & {subject} {link}"', is_html=True)
    said = alice.say("own.took", name="<b>", link=Markup("<em>x</em>"))
    assert said == Markup("&lt;i&gt; &lt;b&gt; &amp; Pink &lt;pages&gt; <em>x</em>")


@pytest.mark.parametrize(
    ("language", "timezone", "slot", "value", "shown"),
    [
        ("en", "Europe/Rome", "{x:date}", "2026-11-21T23:30:00Z", "22 Nov 2026"),
        ("en", "America/New_York", "{x:date}", "2026-11-21", "21 Nov 2026"),
        ("en", "Europe/Rome", "{x:moment}", "2026-11-23T15:00:00Z", "Mon, 23 Nov 2026, 16:00 CET"),
        ("en-US", "Europe/Rome", "{x:date}", "2026-11-23T15:00:00Z", "Nov 23, 2026"),
        ("de", "Europe/Rome", "{x:moment}", "2026-07-23T15:00Z", "Do., 23. Juli 2026, 17:00 MESZ"),
        ("fr", "UTC", "{x:moment}", "2026-11-23T15:00:00Z", "lun. 23 nov. 2026, 15:00 UTC"),
        ("en", "America/New_York", "{x:moment}", "2026-11-02T15:00Z", "Mon, 2 Nov 2026, 10:00 EST"),
        ("ja", "Asia/Tokyo", "{x:moment}", "2026-11-23T15:00:00Z", "2026年11月24日(火) 0:00 JST"),
        ("ja", "Asia/Tokyo", "{x:date}", "2026-11-23", "2026年11月23日"),
        ("ja", "UTC", "{x:duration}", "5400", "1時間30分"),
        ("ko", "Asia/Seoul", "{x:date}", "2026-11-23", "2026년 11월 23일"),
        ("ko", "UTC", "{x:moment}", "2026-11-23T08:12Z", "2026년 11월 23일 (월) 오전 8:12 UTC"),
        ("en-US", "UTC", "{x:moment}", "2026-11-23T20:00Z", "Mon, Nov 23, 2026, 8:00\u202fPM UTC"),
        ("en", "UTC", "{x:moment}", "soon", "soon"),
        ("en", "UTC", "{x:duration}", "5400", "1 h 30 min"),
        ("en", "UTC", "{x:duration}", "28800", "8 h"),
        ("en", "UTC", "{x:duration}", "-1800", "−30 min"),
        ("en", "UTC", "{x:duration}", "0", "0 min"),
        ("en", "UTC", "{x:duration}", "long", "long"),
        ("de", "UTC", "{x:bytes}", "1234567", "1,2 MB"),
        ("de", "UTC", "{x:number}", "1234567.5", "1.234.567,5"),
        ("en", "UTC", "{x:number}", "many", "many"),
        ("en", "UTC", "{x:percent}", "0.8", "80%"),
        ("en", "UTC", "{x:status}", "In progress", "In progress"),
        ("en", "UTC", "{x:status}", "Being {tested}", "Being {tested}"),
        ("en", "UTC", "{x:type}", "bug", "bug"),
        ("en", "UTC", "{x:level}", "high", "high"),
        ("en", "UTC", "{x:field}", "urgency", "Urgency"),
    ],
)  # fmt: skip
def test_values_are_shown_as_the_reader_writes_them(
    language: str, timezone: str, slot: str, value: str, shown: str, tmp_path: Path
) -> None:
    alice = speaker(tmp_path, f'x = "{slot}"', language=language, timezone=timezone)
    assert alice.say("own.x", x=value) == shown


def test_a_status_of_ones_own_may_be_given_words(tmp_path: Path) -> None:
    alice = speaker(
        tmp_path, 'x = "{x:status}"\n[name.status]\n"In test" = "In prova"', language="it"
    )
    assert alice.say("own.x", x="In test") == "In prova"


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "1 plik"), (2, "2 pliki"), (5, "5 plików"), (22, "22 pliki"), ("25", "25 plików")],
)
def test_a_count_chooses_the_form(count: int | str, said: str, tmp_path: Path) -> None:
    forms = '{ one = "{count} plik", few = "{count} pliki", many = "{count} plików", other = "?" }'
    assert speaker(tmp_path, f"x = {forms}", language="pl").say("own.x", count=count) == said


def test_a_value_that_was_not_given_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"own\.took was not given \{name\}"):
        speaker(tmp_path, 'took = "{name} took it"').say("own.took")


FAULTY = {
    "is no TOML": ("[next]\njust-reply = ", "2: is no TOML: "),
    "knows no such value": (
        '[facts]\n\nowner = "{nane}"',
        "3: facts.owner: {nane} is not known here; this phrase has {name}",
    ),
    "knows no such format": (
        '[facts]\nopened = "{at:dte}"',
        '2: facts.opened: {at:dte} has an unknown format; did you mean "date"?',
    ),
    "leaves a brace": ('[facts]\nowner = "{ x"', "2: facts.owner: a lone {; "),
    "asks for an attribute": ('[facts]\nowner = "{name.x}"', "2: facts.owner: a lone {; "),
    "is misspelt": (
        '[facts]\nowmer = "x"',
        '2: facts.owmer: there is no such phrase; did you mean "facts.owner"?',
    ),
    "is a number": ("[facts]\nowner = 3", "2: facts.owner: must be a text, or a table of"),
    "counts what has no count": (
        '[facts]\nowner = { one = "a", other = "b" }',
        "2: facts.owner: has plural forms, but nothing is counted in it",
    ),
}


@pytest.mark.parametrize("kind", FAULTY)
def test_a_sentence_that_cannot_be_said_is_left_out_and_named(kind: str, tmp_path: Path) -> None:
    text, fault = FAULTY[kind]
    catalogue = words(tmp_path, text)
    assert catalogue.phrases == {}
    (found,) = catalogue.faults
    assert found.startswith(f"{tmp_path / 'en/words.toml'}:{fault}")


def test_the_sentences_beside_a_faulty_one_are_taken(tmp_path: Path) -> None:
    catalogue = words(tmp_path, '[facts]\nowner = "{x}"\nno-owner = "nobody"')
    assert list(catalogue.phrases) == ["facts.no-owner"]


def test_every_format_that_a_slot_may_ask_for_is_one_that_is_shown(tmp_path: Path) -> None:
    alice = speaker(tmp_path, "")
    for shown_as in sorted(FORMATS):
        assert alice.shown("1", shown_as)


JAPANESE = "このメールは、お客様がチケットを開いたためにお送りしています。" * 3


def test_japanese_breaks_between_letters_and_never_before_a_closing_sign() -> None:
    lines = wording.wrap(JAPANESE + " 「HELP-12」の件名。").split("\n")
    assert "".join(lines).replace(" ", "") == JAPANESE + "「HELP-12」の件名。"
    assert max(map(len, lines)) <= 37
    assert not [line for line in lines if line[0] in "、。」ー" or line[-1] == "「"]


def test_korean_breaks_at_spaces() -> None:
    text = "이 메일은 고객님께서 티켓을 여셨기 때문에 보내 드리는 것입니다. " * 3
    lines = wording.wrap(text).split("\n")
    assert " ".join(lines) == text.strip()
    assert all(sum(2 if ord(c) > 0x7F else 1 for c in line) <= 72 for line in lines)


def test_french_signs_stay_with_their_word() -> None:
    lines = wording.wrap("Votre réponse  reste en interne\u00a0: elle devient\n une note. " * 3)
    assert not [line for line in lines.split("\n") if line[0] == ":"]
    assert lines.count("interne\u00a0: elle") + lines.count("interne\u00a0:\nelle") == 3
    assert max(map(len, lines.split("\n"))) <= 72


@pytest.mark.parametrize(
    ("sentences", "whole"),
    [
        (("One.", "Two."), "One. Two."),
        (("一つ。", "二つ。"), "一つ。二つ。"),
        (("よいですか？", "はい。"), "よいですか？はい。"),
        (("하나입니다.", "둘입니다."), "하나입니다. 둘입니다."),
        (("", "Alone.", ""), "Alone."),
        ((), ""),
    ],
)
def test_sentences_stand_together_as_their_language_has_it(
    sentences: tuple[str, ...], whole: str
) -> None:
    assert wording.together(*sentences) == whole


def test_markup_stays_markup_among_sentences() -> None:
    made = wording.together(Markup("<b>One.</b>"), "Two & three.")
    assert made == Markup("<b>One.</b> Two &amp; three.")


def test_a_line_of_facts_ends_between_two_of_them() -> None:
    facts = "HELP-12 · In progress · P3 · incident · with Alice Doe · opened 21 Nov 2026"
    first, second = wording.facts_wrapped(facts).split("\n")
    assert (first, second) == (facts.removesuffix(" · opened 21 Nov 2026"), "opened 21 Nov 2026")
    assert wording.facts_wrapped("a" * 80) == "a" * 80


def test_a_short_fact_is_never_broken_on_a_telephone() -> None:
    shown = wording.facts_unbroken(Markup("with Alice Doe · ") + "long <name> " * 4)
    assert shown == Markup(
        f'<span class="md-one">with Alice Doe</span> · {"long &lt;name&gt; " * 4}'
    )


def test_names_have_the_comma_of_the_language() -> None:
    assert wording.listed(["Ada", "Bob"], "ja-JP") == "Ada、Bob"
    assert wording.listed(["Ada", "Bob"], "de") == "Ada, Bob"


def test_lists_show_a_phrase_in_the_delivered_words() -> None:
    assert plain(phrase("unit.hours", count=2), "xx-YY") == "2 h"
    assert plain("{as it is}", "en") == "{as it is}"


def test_the_words_of_the_page_on_texts_are_right(tmp_path: Path) -> None:
    section = (SHIPPED.parent / "docs/TEXTS.md").read_text().partition("## Your own words")[2]
    catalogue = words(tmp_path, section.split("```")[1])
    assert catalogue.faults == ()
    assert list(catalogue.phrases) == ["next.just-reply", "name.status.Waiting for the client"]


def test_french_has_its_spaces_before_signs() -> None:
    text = (SHIPPED / "fr/words.toml").read_text()
    shown = "\n".join(line.partition(" = ")[2] for line in text.split("\n") if " = " in line)
    assert re.findall(r"[^\u00a0\s/]:(?!\w*\}|//)", re.sub(r"\{[^}]*\}", "x", shown)) == []
    assert re.findall(r"[^\u202f][;?!]", shown) == []
    assert re.findall(r"«[^\u00a0]|[^\u00a0]»", shown) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_types_and_levels_can_be_written_as_mails_show_them(language: str) -> None:
    catalogue = read(SHIPPED / language / "words.toml", SHIPPED / "en/words.toml")
    for code, phrasing in catalogue.phrases.items():
        table, _, name = code.removeprefix("name.").partition(".")
        shown = "".join(map(str, phrasing.forms["other"]))
        if code.startswith("name.type."):
            assert ticket_type(shown) == name
        elif code.startswith("name.level."):
            assert level(shown) == name, table


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_statuses_have_one_name(language: str) -> None:
    names = status_names((SHIPPED,), DELIVERED, [language])
    assert [n.status for n in names] == [s.name for s in DELIVERED]
    assert len({n.name.casefold() for n in names}) == len(names)


def test_an_admins_name_of_a_status_is_the_one_that_counts(tmp_path: Path) -> None:
    words(tmp_path, '[name.status]\n"Open" = "Neu"', "de")
    names = status_names((tmp_path, SHIPPED), DELIVERED[:1], ["de-AT"])
    assert names == (StatusName(language="de-AT", status="Open", name="Neu"),)


def test_what_could_not_be_read_is_told_in_the_readers_language() -> None:
    for text in (salvage.body("it is too deep").text, ENCRYPTED, WRAPPED):
        assert in_words(text, "de").startswith("Diese Nachricht ")
    below = in_words(f"Hello.\n\n{ENCRYPTED_HERE}", "de")
    assert below.startswith("Hello.\n\nDer Text darüber ist verschlüsselt")
    assert in_words("This message could not be read whole (yet)", "de").startswith("This message")
