"""Words are found inside sentences that have no spaces, and shown where they stand."""

from __future__ import annotations

import sqlite3
import unicodedata
from dataclasses import asdict

import pytest

from maildesk.store.indexed import Entry, entry, snippet, terms_of

INVOICE = "先月分の請求書をまだ受け取っていません。"
LOGIN = "어제부터 로그인이 안됩니다. 확인 부탁드립니다"
PRINTER = "打印机坏了，请尽快派人来修理"
SCREEN = "HELP-1のログイン画面でPDFが開けません"
CAFE = "The Café in Łódź burns: foo-bar, e.g. naïve"


def finds(text: str, words: str) -> bool:
    conn = sqlite3.connect(":memory:")
    columns = "subject, text, letters, tokenize='unicode61 remove_diacritics 2'"
    conn.execute(f"CREATE VIRTUAL TABLE s USING fts5({columns})")
    conn.execute("INSERT INTO s VALUES (:subject, :text, :letters)", asdict(entry("x", text)))
    terms = terms_of(words)
    return bool(terms and conn.execute("SELECT 1 FROM s WHERE s MATCH ?", (terms,)).fetchall())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (INVOICE, "請求書"),
        (INVOICE, "請求"),
        (INVOICE, "書"),
        (INVOICE, "請求書 先月"),
        (INVOICE, "書 先月 を"),
        (INVOICE, "受け取っていません"),
        (LOGIN, "로그인"),
        (LOGIN, "로그"),
        (LOGIN, "부탁드립니다"),
        (PRINTER, "打印机"),
        (PRINTER, "修理"),
        (PRINTER, "理"),
        (SCREEN, "ログイン"),
        (SCREEN, "pdf"),
        (SCREEN, "ログイン画面でPDFが"),
        (SCREEN, "ﾛｸﾞｲﾝ画面 ＰＤＦ"),
        (unicodedata.normalize("NFD", SCREEN), "ログイン"),
        (CAFE, "cafe"),
        (CAFE, "foo-bar"),
        ("請求書", "請求書"),
        ("𠮷野家のデータ", "𠮷野"),
    ],
)
def test_a_word_is_found(text: str, words: str) -> None:
    assert finds(text, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (INVOICE, "領収書"),
        (INVOICE, "求請"),
        (INVOICE, "請求 領収"),
        (INVOICE, "書請求"),
        (INVOICE, "請求書 猫"),
        (LOGIN, "로그아웃"),
        ("請求。書類", "請求書"),
        (CAFE, "caf"),
        (SCREEN, "pd"),
    ],
)
def test_what_does_not_stand_there_is_not_found(text: str, words: str) -> None:
    assert not finds(text, words)


def test_text_of_other_scripts_stands_in_the_index_as_it_is() -> None:
    for text in ("The printer burns", "Grüße aus Łódź"):
        assert entry("x", text) == Entry(subject="x", text=text, letters="")


@pytest.mark.parametrize("words", ["", '"', '""', '"請求"', "* 請", "請 OR 求", "-", "NEAR(請"])
def test_no_words_break_the_question(words: str) -> None:
    finds(INVOICE, words)


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        (INVOICE, "請求書", INVOICE),
        (CAFE, "cafe", CAFE),
        (CAFE, "ŁODZ", CAFE),
        ("first\n\n  second", "second", "first second"),
        (CAFE, "nowhere", ""),
        (CAFE, "caf", ""),
        (f"{'a ' * 200}printer{' b' * 200}", "printer", f"… {'a ' * 20}printer{' b' * 46} …"),
    ],
)
def test_the_piece_of_text_around_the_word(text: str, words: str, shown: str) -> None:
    assert snippet(text, words) == shown


def test_a_long_text_is_looked_through_in_its_beginning() -> None:
    assert snippet("é" * 3_000_000 + " printer", "printer") == ""
