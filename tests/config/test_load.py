"""Finding, reading, including; the embedded default; what others rely on."""

from __future__ import annotations

import operator
import os
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from maildesk.config import Settings, find_config, load
from maildesk.errors import ConfigError

SMALL = """
[[desks]]
key = "HELP"
address = "support@example.com"
agents = ["alice"]
[[agents]]
id = "alice"
name = "Alice"
emails = ["Alice@Example.com", "al@example.com"]
"""


def write(folder: Path, text: str, name: str = "config.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def faults_of(path: Path, env: dict[str, str] | None = None) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load(path, env or {})
    return caught.value.faults


def test_without_a_file_there_is_a_desk_to_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load(None, {})
    assert settings.source is None
    assert settings.warnings == ()
    assert settings.data_dir == tmp_path / "maildesk-data"
    assert [(d.protocol, d.host, d.port) for d in settings.listener] == [
        ("smtp", "127.0.0.1", 8025)
    ]
    assert settings.outgoing.transport == "maildir"
    assert settings.outgoing.maildir == tmp_path / "maildesk-data" / "out"
    policy = settings.policy()
    assert [(d.key, d.address, d.agents) for d in policy.desks] == [
        ("HELP", "support@localhost", ("agent",))
    ]
    assert policy.agents[0].emails == ("agent@localhost",)


def test_the_data_directory_is_the_file_s_then_systemd_s_then_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    env = {"STATE_DIRECTORY": "/var/lib/one:/var/lib/two"}
    assert load(write(tmp_path, 'data_dir = "d"' + SMALL), env).data_dir == tmp_path / "d"
    assert load(write(tmp_path, SMALL), env).data_dir == Path("/var/lib/one")
    assert load(write(tmp_path, SMALL), {}).data_dir == tmp_path / "maildesk-data"


def test_the_option_beats_the_variable_beats_the_folder(tmp_path: Path) -> None:
    here = write(tmp_path, SMALL)
    env = {"MAILDESK_CONFIG": "/elsewhere.toml"}
    assert find_config(Path("/named.toml"), env, tmp_path) == Path("/named.toml")
    assert find_config(None, env, tmp_path) == Path("/elsewhere.toml")
    assert find_config(None, {"MAILDESK_CONFIG": ""}, tmp_path) == here
    assert find_config(None, {}, tmp_path) == here


def test_where_nothing_is_found_the_default_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maildesk.config.loader.SYSTEM_CONFIG", tmp_path / "etc.toml")
    assert find_config(None, {}, tmp_path) is None
    write(tmp_path, SMALL, "etc.toml")
    assert find_config(None, {}, tmp_path) == tmp_path / "etc.toml"


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    text = SMALL + "[sla.s]\ncalendar = 'always'\n"
    settings = load(write(tmp_path, text), {})
    for table, key in ((settings, "rehearsal"), (settings.desks[0], "key"), (settings.trust, "x")):
        with pytest.raises(ValidationError):
            setattr(table, key, True)
    for view in (settings.sla, settings.calendars):
        with pytest.raises(TypeError):
            operator.setitem(view, "x", None)
    assert settings == load(write(tmp_path, text), {})


def test_defaults_are_those_of_the_reference(tmp_path: Path) -> None:
    settings = load(write(tmp_path, SMALL), {})
    desk, out = settings.desks[0], settings.outgoing
    assert desk.name == "HELP"
    assert desk.reopen_within == timedelta(days=30)
    assert desk.close_done_after is None
    assert (out.transport, out.host, out.port, out.tls) == ("smtp", "localhost", 25, "none")
    assert out.retry == tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60))
    assert out.give_up_after == timedelta(days=5)
    assert settings.listener[0].max_message_size == 25 * 1024 * 1024
    assert settings.listener[0].relays == ("127.0.0.1", "::1")
    assert [status.name for status in settings.workflow.statuses][:2] == ["Open", "Analysis"]
    assert settings.workflow.statuses[2].pauses == ("update", "resolution")


def test_one_listener_may_stand_in_single_brackets_and_many_in_double(tmp_path: Path) -> None:
    one = load(write(tmp_path, "[listener]\nport = 0\n" + SMALL), {})
    assert [door.port for door in one.listener] == [0]
    text = '[[listener]]\nport = 2525\n[[listener]]\nprotocol = "lmtp"\nsocket = "l.sock"\n'
    many = load(write(tmp_path, f'data_dir = "{tmp_path}"\n' + text + SMALL), {})
    assert [(d.port, d.socket) for d in many.listener] == [
        (2525, None),
        (None, tmp_path / "l.sock"),
    ]
    assert load(write(tmp_path, "listener = []\n" + SMALL), {}).listener == ()


def test_a_port_follows_from_tls_where_none_is_given(tmp_path: Path) -> None:
    box = '[[mailboxes]]\nname="{0}"\nhost="h"\nusername="u"\npassword_env="P"\ntls="{0}"\n'
    text = SMALL + "".join(box.format(tls) for tls in ("implicit", "starttls", "none"))
    assert [b.port for b in load(write(tmp_path, text), {}).mailboxes] == [993, 143, 143]
    text = SMALL + '[outgoing]\ntls = "implicit"\n'
    assert load(write(tmp_path, text), {}).outgoing.port == 465


def test_presets_fill_in_where_tokens_come_from(tmp_path: Path) -> None:
    text = (
        SMALL
        + """
[[mailboxes]]
name = "g"
host = "imap.gmail.com"
username = "u"
oauth2 = { provider = "google", client_id = "i", refresh_token_env = "T" }
[[mailboxes]]
name = "m"
host = "outlook.office365.com"
username = "u"
oauth2 = { provider = "microsoft", client_id = "i", refresh_token_env = "T" }
[[mailboxes]]
name = "app"
host = "outlook.office365.com"
username = "u"
oauth2.provider = "microsoft"
oauth2.grant = "client_credentials"
oauth2.client_id = "i"
oauth2.client_secret_env = "S"
oauth2.tenant = "abc"
[outgoing]
username = "u"
oauth2 = { provider = "microsoft", client_id = "i", refresh_token_env = "T" }
"""
    )
    settings = load(write(tmp_path, text), {})
    google, microsoft, app = (box.oauth2 for box in settings.mailboxes)
    relay = settings.outgoing.oauth2
    assert google
    assert microsoft
    assert app
    assert relay
    assert google.token_url == "https://oauth2.googleapis.com/token"
    assert google.scope == "https://mail.google.com/"
    assert microsoft.token_url == "https://login.microsoftonline.com/common/oauth2/v2.0/token"
    assert microsoft.scope == "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"
    assert app.token_url == "https://login.microsoftonline.com/abc/oauth2/v2.0/token"
    assert app.scope == "https://outlook.office365.com/.default"
    assert relay.scope == "https://outlook.office.com/SMTP.Send offline_access"


def test_a_status_of_a_delivered_name_changes_it_and_another_is_added(tmp_path: Path) -> None:
    text = (
        SMALL
        + """
[[workflow.statuses]]
name = "on hold"
category = "waiting"
pauses = []
[[workflow.statuses]]
name = "Shipped"
category = "active"
"""
    )
    statuses = load(write(tmp_path, text), {}).workflow.statuses
    assert [(s.name, s.pauses) for s in statuses][6] == ("on hold", ())
    assert statuses[-1].name == "Shipped"
    assert len(statuses) == 10


def test_the_core_gets_addresses_in_lower_case(tmp_path: Path) -> None:
    text = SMALL + '[[agents]]\nid = "bob"\nname = "Bob"\nemails = ["Bob@x"]\nroles = ["manager"]\n'
    policy = load(write(tmp_path, text), {}).policy()
    assert policy.agents[0].emails == ("alice@example.com", "al@example.com")
    assert policy.agents[1].emails == ("bob@x",)
    policy = load(write(tmp_path, text + '[alerts]\nto = ["Ops@x"]\n'), {}).policy()
    assert policy.alerts_to == ("ops@x",)


def test_included_files_append_their_tables_and_keep_their_lines(tmp_path: Path) -> None:
    path = write(tmp_path, 'include = ["c.d/*.toml", "c.d/a.toml"]\n' + SMALL)
    write(tmp_path, '[[organisations]]\nname = "ACME"\n[trust]\nstaff = "from"\n', "c.d/a.toml")
    write(tmp_path, '[[organisations]]\nname = "Beta"\n[trust]\npeers = ["::1"]\n', "c.d/b.toml")
    settings = load(path, {})
    assert [o.name for o in settings.organisations] == ["ACME", "Beta"]
    assert (settings.trust.staff, settings.trust.peers) == ("from", ("::1",))
    write(tmp_path, '[[organisations]]\nname = "Beta"\n\ndomain = "x"\n', "c.d/b.toml")
    assert faults_of(path) == (
        f'{tmp_path}/c.d/b.toml:4: organisations.domain: unknown key; did you mean "domains"?',
    )


def test_a_value_that_stands_in_two_files_is_a_fault_that_names_both(tmp_path: Path) -> None:
    path = write(tmp_path, 'include = ["more.toml"]\nrehearsal = true\n' + SMALL)
    write(tmp_path, "\n\nrehearsal = false\n", "more.toml")
    (fault,) = faults_of(path)
    assert f"{path}:2" in fault
    assert f"{tmp_path}/more.toml:3" in fault


def test_an_include_that_is_missing_or_includes_further_files_is_a_fault(tmp_path: Path) -> None:
    path = write(tmp_path, 'include = [\n"gone.toml",\n"none/*.toml",\n"more.toml"]\n' + SMALL)
    write(tmp_path, 'include = ["config.toml"]\n', "more.toml")
    missing, nested = faults_of(path)
    assert missing == f"{path}:2: include: there is no such file"
    assert nested.startswith(f"{path}:4: include: {tmp_path}/more.toml:1 includes files, too")


def test_every_file_that_is_no_toml_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, 'include = ["*.toml"]\n' + SMALL)
    write(tmp_path, "a = 1\nb = = 2\n", "a.toml")
    write(tmp_path, "x = [\n", "b.toml")
    (tmp_path / "c.toml").write_bytes(b"a = 1\n# caf\xe9\n")
    one, two, three = faults_of(path)
    assert one.startswith(f"{tmp_path}/a.toml:2: is no TOML: ")
    assert two.startswith(f"{tmp_path}/b.toml:2: is no TOML: ")
    assert three.startswith(f"{tmp_path}/c.toml:2: is no UTF-8 text")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (missing,) = faults_of(tmp_path / "gone.toml")
    assert missing == f"{tmp_path}/gone.toml: cannot be read: No such file or directory"
    (folder,) = faults_of(tmp_path)
    assert folder == f"{tmp_path}: cannot be read: Is a directory"


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (SMALL + "x = 1\n").replace("\n", "\r\n").encode())
    (fault,) = faults_of(path)
    assert fault.startswith(f"{path}:10: agents.x: unknown key")


def test_relative_paths_of_secrets_and_keys_start_at_the_file_and_data_at_data_dir(
    tmp_path: Path,
) -> None:
    text = (
        f'data_dir = "{tmp_path}/data"\n'
        + SMALL
        + """
[listener]
tls_certificate = "c.pem"
tls_key = "/k.pem"
[templates]
directory = "etc"
[outgoing]
maildir = "mails"
username = "u"
password_file = "secret"
dkim = { domain = "example.com", selector = "s", key_file = "dkim.pem" }
"""
    )
    (tmp_path / "etc").mkdir()
    settings = load(write(tmp_path, text), {})
    door, out = settings.listener[0], settings.outgoing
    assert (door.tls_certificate, door.tls_key) == (tmp_path / "c.pem", Path("/k.pem"))
    assert settings.templates.directory == tmp_path / "etc"
    assert out.maildir == tmp_path / "data" / "mails"
    assert out.dkim
    assert out.dkim.key_file == tmp_path / "dkim.pem"
    (tmp_path / "secret").write_text("s3cret\n")
    assert out.password
    assert out.password.read({}) == "s3cret"


def test_loading_opens_no_other_file_and_needs_no_secret(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "config.example.toml"
    copy = write(tmp_path, example.read_text())
    os.chmod(copy, 0o600)
    settings = load(copy, {})
    assert isinstance(settings, Settings)
    assert settings.source == copy


def test_a_desk_is_where_its_calendar_is_and_an_organisation_where_it_says(
    tmp_path: Path,
) -> None:
    text = """
[[desks]]
key = "HELP"
address = "support@desk.example"
agents = ["alice"]
sla = "standard"
[[desks]]
key = "SHOP"
address = "shop@desk.example"
agents = ["alice"]
[[agents]]
id = "alice"
name = "Alice Doe"
emails = ["alice@desk.example"]
[[organisations]]
name = "ACME"
domains = ["acme.example"]
timezone = "UTC"
[[organisations]]
name = "Beta"
domains = ["beta.example"]
[calendars.office]
timezone = "Europe/Rome"
hours = { mon-fri = ["09:00-18:00"] }
[sla.standard]
calendar = "office"
[[sla.standard.goals]]
resolution = "8h"
[trust]
staff = "from"
"""
    policy = load(write(tmp_path, text), {}).policy()
    assert [desk.timezone for desk in policy.desks] == ["Europe/Rome", "UTC"]
    assert [customer.timezone for customer in policy.organisations] == ["UTC", ""]


def test_the_organisational_domains_of_agents_are_worked_out_with_the_configuration(
    tmp_path: Path,
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        '[[desks]]\nkey = "HELP"\naddress = "support@desk.example"\n'
        '[[agents]]\nid = "alice"\nname = "Alice"\n'
        'emails = ["a@it.desk.co.uk", "a@desk.co.uk", "a@desk.example", "a@mail.desk.example"]\n'
    )
    policy = load(file, {}).policy()
    assert policy.organisational_domain("it.desk.co.uk") == "desk.co.uk"
    assert policy.organisational_domain("mail.desk.example") == "desk.example"
    for own in ("desk.co.uk", "desk.example"):
        assert policy.organisational_domain(own) == own
