"""Authentication-Results: the grammar of RFC 8601, and no promotion of what stands below."""

import re
from pathlib import Path

import pytest

from maildesk.core.authres import AuthResult, AuthResults
from maildesk.mail.authres import read_auth_results, read_field


def result(method: str, result: str, **properties: str) -> AuthResult:
    pairs = tuple((key.replace("_", "."), value) for key, value in properties.items())
    return AuthResult(method=method, result=result, properties=pairs)


READ = {
    # Appendix B of the RFC.
    "example.org 1; none": AuthResults(authserv_id="example.org"),
    "example.com;\r\n  spf=pass smtp.mailfrom=example.net": AuthResults(
        authserv_id="example.com", results=(result("spf", "pass", smtp_mailfrom="example.net"),)
    ),
    "example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; "
    "spf=pass smtp.mailfrom=example.net": AuthResults(
        authserv_id="example.com",
        results=(
            result("auth", "pass", smtp_auth="sender@example.net"),
            result("spf", "pass", smtp_mailfrom="example.net"),
        ),
    ),
    "foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay) = (wait for it) "
    "fail\r\n policy (A dot can go here) . (like that) expired\r\n (this surprised me) = "
    "(as I wasn't expecting it) 1362471462": AuthResults(
        authserv_id="foo.example.net",
        results=(result("dkim", "fail", policy_expired="1362471462"),),
    ),
    # As the large providers write it.
    "mx.google.com; dkim=pass header.i=@x.example header.s=s1 header.b=k/m+A;"
    ' spf=none smtp.mailfrom=""': AuthResults(
        authserv_id="mx.google.com",
        results=(
            result("dkim", "pass", header_i="@x.example", header_s="s1", header_b="k/m+A"),
            result("spf", "none", smtp_mailfrom=""),
        ),
    ),
    "spf=pass (IP is 192.0.2.1) smtp.mailfrom=x.example;compauth=pass reason=100": AuthResults(
        authserv_id="",
        results=(
            result("spf", "pass", smtp_mailfrom="x.example"),
            result("compauth", "pass", reason="100"),
        ),
    ),
    "mx.example; spf=none smtp.mailfrom=; dmarc=none;": AuthResults(
        authserv_id="mx.example",
        results=(result("spf", "none", smtp_mailfrom=""), result("dmarc", "none")),
    ),
    'mx.example; dkim=fail reason="bad; dmarc=pass" header.d=x.example': AuthResults(
        authserv_id="mx.example",
        results=(result("dkim", "fail", reason="bad; dmarc=pass", header_d="x.example"),),
    ),
    "MX.Example; DMARC=Pass Header.From=X.example": AuthResults(
        authserv_id="MX.Example", results=(result("dmarc", "pass", header_from="X.example"),)
    ),
}
# As OpenDMARC 1.4.2 and OpenDKIM 2.11 write it behind Postfix, topmost first.
POSTFIX = [
    b" mx.desk.example; dmarc=fail (p=reject dis=none) header.from=acme.example",
    b" mx.desk.example; spf=pass smtp.mailfrom=evil.example",
    b" mx.desk.example;\n\tdkim=pass (2048-bit key) header.d=acme.example;\n\tdkim-atps=neutral",
]
BROKEN = [
    "mx.example; dmarc=pass (header.from=x.example",
    'mx.example; dmarc=pass header.from="x.example',
    "mx.example; dmarc",
    "mx.example; dmarc=",
    "mx.example; =pass",
    "mx.example; dmarc=pass header.from",
    "mx.example; dmarc pass",
    "mx.example; (dmarc=pass)) x",
    'mx.example; "dmarc=pass header.from"=x.example',
    'mx.example; spf=fail smtp.mailfrom="a" b; dmarc=pass',
]


@pytest.mark.parametrize("value", READ)
def test_a_field_by_the_grammar_is_read(value: str) -> None:
    assert read_field(value) == READ[value]


@pytest.mark.parametrize("value", BROKEN)
def test_a_field_against_the_grammar_proves_nothing(value: str) -> None:
    assert read_field(value) == AuthResults(authserv_id="mx.example")


def test_a_broken_field_keeps_its_place_above_a_forged_one() -> None:
    values = [b" mx.example; dmarc=fail (", b" mx.example; dmarc=pass header.from=desk.example"]
    assert read_auth_results(values)[0] == AuthResults(authserv_id="mx.example")


def test_what_opendmarc_and_opendkim_write_is_read() -> None:
    dmarc, spf, dkim = read_auth_results(POSTFIX)
    assert {field.authserv_id for field in (dmarc, spf, dkim)} == {"mx.desk.example"}
    assert dmarc.results == (result("dmarc", "fail", header_from="acme.example"),)
    assert spf.results == (result("spf", "pass", smtp_mailfrom="evil.example"),)
    assert [r.method for r in dkim.results] == ["dkim", "dkim-atps"]
    assert ("header.d", "acme.example") in dkim.results[0].properties


def test_words_in_comments_and_quotes_are_no_results() -> None:
    field = read_field('mx.example; spf=fail (; dmarc=pass) smtp.mailfrom="; dmarc=pass"')
    assert [found.method for found in field.results] == ["spf"]


def _examples() -> list[str]:
    """Each field that IDENTITY.md shows at the head of a block."""
    text = (Path(__file__).parents[2] / "docs" / "IDENTITY.md").read_text()
    shown = r"^```\nAuthentication-Results:(.*?\n)(?=\S)"
    return re.findall(shown, text, re.DOTALL | re.MULTILINE)


def test_the_fields_that_the_page_on_identity_shows_prove_what_it_says() -> None:
    fields = [read_auth_results([field.encode()])[0] for field in _examples()]
    assert [f.authserv_id for f in fields] == ["mx.example.com", "mx.google.com", ""]
    for field in fields:
        [dmarc] = [r for r in field.results if r.method == "dmarc"]
        assert dmarc.result == "pass"
        assert ("header.from", "example.com") in dmarc.properties


@pytest.mark.parametrize("field", ["mx.a.example 2; dmarc=pass", "mx.a.example; dmarc/2=pass"])
def test_a_field_of_a_version_that_nobody_knows_proves_nothing(field: str) -> None:
    found = read_field(field)
    assert (found.authserv_id, found.results) == ("mx.a.example", ())


def test_a_field_of_version_one_is_read() -> None:
    [result] = read_field("mx.a.example 1; dmarc/1=pass").results
    assert (result.method, result.result) == ("dmarc", "pass")
