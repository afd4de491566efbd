"""Every fault at once, with its line, what would be right, and never a secret."""

from __future__ import annotations

import copy
import datetime
import functools
import operator
import traceback
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.config import documents, load
from maildesk.config.loader import judged
from maildesk.errors import ConfigError
from tests.config.test_load import SMALL, faults_of, write

CANARY = "HUNTER2"
CALENDAR = "[calendars.c]\ntimezone='UTC'\nhours={mon=['09:00-17:00']}\n"
FIRST = datetime.date(2028, 3, 6)  # a Monday
_EACH = [str(FIRST + datetime.timedelta(weeks=number)) for number in range(60)]
MONDAYS = ",".join(_EACH)
MOST_MONDAYS = ",".join(day for day in _EACH if day not in ("2028-12-25", "2029-01-01"))
PACKAGE = "[[organisations]]\nname='A'\n[[organisations.budgets]]\nname='b'\namount='1h'\n"
FORMS = "password, password_file, password_env or password_credential or oauth2"


def only_fault(folder: Path, text: str) -> str:
    """The one fault, without the file's name."""
    path = write(folder, text)
    (fault,) = faults_of(path)
    return fault.removeprefix(f"{path}:")


def after_small(line: int) -> int:
    """The number of a line that stands behind the small configuration."""
    return SMALL.count("\n") + line


def test_all_faults_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """rehersal = true
[listener]
port = "25"
[[mailboxes]]
name = "a"
host = "h"
username = "u"
pasword_file = "x"
poll_every = "soon"
desk = "HLP"
[[desks]]
key = "HELP"
address = "support@example.com"
agents = ["alise"]
[[agents]]
id = "alice"
name = "Alice"
emails = ["Alice <alice@example.com>"]
""",
    )
    assert faults_of(path) == tuple(
        f"{path}:{line}"
        for line in (
            '1: rehersal: unknown key; did you mean "rehearsal"?',
            "3: listener.port: must be a whole number",
            "4: mailboxes: the username needs " + FORMS,
            '8: mailboxes.pasword_file: unknown key; did you mean "password_file"?',
            '9: mailboxes.poll_every: must be a duration such as "90s", "30m", "1h30m" or "2d"',
            '10: mailboxes.desk: "HLP" is no desk\'s key; did you mean "HELP"?',
            '14: desks.agents: "alise" is no agent\'s id; did you mean "alice"?',
            '18: agents.emails: must be a bare address such as "name@example.com"',
        )
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[truts]", '1: truts: unknown key; did you mean "trust"?'),
        (
            "[outgoing]\nauthserv_ids = []",
            "2: outgoing.authserv_ids: unknown key; it belongs under trust",
        ),
        (
            "[trust]\ndata_dir = 1",
            "2: trust.data_dir: unknown key; it belongs at the top, above the first",
        ),
        ("[limits]\nxyzzy = 1", '2: limits.xyzzy: unknown key; the nearest is "'),
        (
            "[sla.s]\ncalendar = 'always'\ncalender = 1",
            '3: sla.s.calender: unknown key; did you mean "calendar"?',
        ),
        ("limits = 3", "1: limits: must be a table"),
        ("sla = 3", "1: sla: must be a table"),
        ("[listener]\nauth = 3", "2: listener.auth: must be a table"),
        ("organisations = 3", "1: organisations: must be a list"),
        ("[limits]\ntickets_per_sender = -1", "2: limits.tickets_per_sender: must be 0 or more"),
        ("[listener]\nport = 70000", "2: listener.port: must be 65535 or less"),
        ("[outgoing]\nport = 0", "2: outgoing.port: must be 1 or more"),
        ("[outgoing]\ntls = 'ssl'", '2: outgoing.tls: must be "implicit", "starttls" or "none"'),
        ("[outgoing]\nretry = []", "2: outgoing.retry: must not be empty"),
        ("[outgoing]\nretry = [\n'1m',\n'x']", "4: outgoing.retry: must be a duration"),
        ("[outgoing]\nhost = 3", "2: outgoing.host: must be text in quotes"),
        ('rehearsal = "yes"', "1: rehearsal: must be true or false, without quotes"),
        ("[[organisations]]\nname = ' x'", "2: organisations.name: must be text without"),
        (
            "[calendars.x]\nhours = {}",
            '1: calendars.x.timezone: is missing; give one such as "Europe/',
        ),
        ("[trust]\npeers = ['localhost']", "2: trust.peers: must be an IP address"),
        (f"[templates]\ndirectory = '{'x' * 300}'", "2: templates.directory: is no folder"),
        ("[templates]\ndirectory = 'gone'", "2: templates.directory: is no folder"),
        (
            "[sla.x]\nwarn_at = []",
            '1: sla.x.calendar: is missing; name a table under [calendars], or "a',
        ),
        (
            "[priority_matrix]\nlow = ['P1', 'P2']",
            "2: priority_matrix.low: must be three priorities",
        ),
        (
            "[priority_matrix]\nlow = ['P1', 2, 'P2']",
            "2: priority_matrix.low: must be three priorities",
        ),
        (
            "[calendars.c]\ntimezone = 'UTC'\nhours = {\"monday\" = []}",
            "3: calendars.c.hours.monday: must",
        ),
        (
            "[[senders]]\nname='f'\ndomains=['a.b']\nrequestor='body'",
            '4: senders.requestor: unknown key; did you mean "requester"?',
        ),
        ("[[intake]]\ntext='Please help.'", "2: intake.text: must have a line with a field, such"),
        ("[[intake]]\ntext='A:'\ntype='bugs'", "3: intake.type: must be"),
        ("[[senders]]\nname='f'\nheader='X Form: a'", "3: senders.header: must be the name of a"),
        ("[[senders]]\nname='f'\nlabels=[]\ndomains=['a.b']", "3: senders.labels: must"),
        ("[[filters]]\nname='f'\nheader='X-Spam'\naction='drop'", "4: filters.action: must be"),
    ],
)
def test_one_key_that_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    assert only_fault(tmp_path, text + "\n" + SMALL).startswith(words)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[[desks]]\nkey='HELP'\naddress='a@b'", 2, 'desks.key: "HELP" is the key of another desk'),
        (
            "[[desks]]\nkey='B'\naddress='SUPPORT@example.com'",
            3,
            'desks.address: "SUPPORT@example.com" is an address of another desk',
        ),
        (
            "[[desks]]\nkey='B'\naddress='a@b'\naliases=['c@d',\n'support@example.com']",
            5,
            "desks.aliases: ",
        ),
        (
            "[[agents]]\nid='alice'\nname='A'\nemails=['a@b']",
            2,
            'agents.id: "alice" is the id of ano',
        ),
        (
            "[[agents]]\nid='b'\nname='A'\nemails=['AL@example.com']",
            4,
            'agents.emails: "AL@example.com" is',
        ),
        ("[[agents]]\nid='b'\nname='A'\nemails=['support@example.com']", 4, "agents.emails: "),
        ("[alerts]\nto=['support@example.com']", 2, "alerts.to: "),
        (
            "[listener]\nauth={bob={password_env='B'}}",
            2,
            'listener.auth.bob: "bob" is no agent\'s id',
        ),
        ("[listener]\nauth={alice={}}", 2, "listener.auth.alice: needs password, password_file"),
        ("[listener]\nport=25\nsocket='x'", 3, "listener.socket: stands beside port"),
        ("[listener]\ntls_certificate='x'", 2, "listener.tls_certificate: needs tls_key"),
        ("[listener]\ntls_key='x'", 2, "listener.tls_key: needs tls_certificate"),
        ("[[listener]]\nport=25\n[[listener]]\nport=25", 3, "listener: listens where another"),
        (
            "[[organisations]]\nname='A'\nsla='x'",
            3,
            'organisations.sla: "x" is no table under [sla]',
        ),
        (
            "[sla.x]\ncalendar='y'",
            2,
            'sla.x.calendar: "y" is no table under [calendars]; known are "always"',
        ),
        (
            "[sla.x]\ncalendar='always'\n[[sla.x.goals]]\npriority='P1'",
            3,
            "sla.x.goals: promises nothing",
        ),
        (CALENDAR.replace("calendars.c", "calendars.always"), 1, "calendars.always: "),
        (
            CALENDAR + "holidays='XX'",
            4,
            "calendars.c.holidays: no hol",
        ),
        (
            CALENDAR + "holidays='IT-XX'",
            4,
            'calendars.c.holidays: IT has no region "XX"',
        ),
        (
            CALENDAR + "holidays='DE-Augsbrug'",
            4,
            'calendars.c.holidays: DE has no region "Augsbrug"; did you mean "Augsburg"?',
        ),
        (CALENDAR + "holidays='utils'", 4, 'calendars.c.holidays: must be a country such as "IT"'),
        (CALENDAR + "holidays='ITA'", 4, 'calendars.c.holidays: must be a country such as "IT"'),
        (CALENDAR + "holidays='IT-'", 4, 'calendars.c.holidays: must be a country such as "IT"'),
        (
            "[calendars.c]\ntimezone='UTC'\nhours={}",
            3,
            "calendars.c.hours: hold no working hour; give some, such as { mon-fri = [",
        ),
        (
            "[calendars.c]\ntimezone='UTC'\nhours={mon-fri=[]}\nholidays='IT'",
            3,
            "calendars.c.hours: hold no working hour",
        ),
        (
            CALENDAR + f"holiday_dates=[{MONDAYS}]",
            4,
            "calendars.c.holiday_dates: leave no working hour for more than a year",
        ),
        (
            CALENDAR + "[sla.s]\ncalendar='c'\n[[sla.s.goals]]\nresolution='4161h'",
            7,
            "sla.s.goals.resolution: is more than its calendar works in ten years",
        ),
        (
            # Christmas and New Year's Day are Mondays, and those the library adds.
            CALENDAR + f"holidays='IT'\nholiday_dates=[{MOST_MONDAYS}]",
            5,
            "calendars.c.holiday_dates: leave no working hour for more than a year",
        ),
        (
            "[[intake]]\ntext='Version:'\nrequired=['Verison']",
            3,
            'intake.required: "Verison" is no field of the text; did you mean "Version"?',
        ),
        (
            "[[intake]]\ntext='A:'\n[[intake]]\ntext='B:'",
            3,
            "intake: asks the same customers as another block",
        ),
        (
            "[[intake]]\ndesk='HELO'\ntext='A:'",
            2,
            'intake.desk: "HELO" is no desk\'s key; did you mean "HELP"?',
        ),
        ("[[senders]]\nname='f'\nanswer=false", 1, "senders: fits all mail; give addresses"),
        (
            "[[filters]]\nname='f'\nheader='X-A'\n[[filters]]\nname='F'\nheader='X-B'",
            5,
            'filters.name: "F" is the name of another filter',
        ),
        ("[outgoing]\nusername='u'", 1, "outgoing: the username needs password"),
        ("[outgoing]\npassword_env='u'", 1, "outgoing: username is missing"),
        (
            "[[workflow.statuses]]\nname='Done'\ncategory='new'",
            3,
            'workflow.statuses.category: must stay "done"',
        ),
        (
            PACKAGE + "starts=2026-02-01\nends=2026-01-01",
            7,
            "organisations.budgets.ends: must not be before starts",
        ),
        (
            "[[organisations]]\nname='A'\ndomains=['x.y']\n[[organisations]]\nname='B'\ndomains=['X.y']",
            6,
            'organisations.domains: "X.y" is a domain of another organisation',
        ),
    ],
)
def test_keys_that_do_not_go_together(tmp_path: Path, text: str, line: int, words: str) -> None:
    fault = only_fault(tmp_path, SMALL + text + "\n")
    assert fault.startswith(f"{after_small(line)}: {words}")


APP = "oauth2={provider='microsoft',grant='client_credentials',client_id='i',"
BOX = "[[mailboxes]]\nname='m'\nhost='h'\nusername='u'\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "mailboxes: the username needs password, password_file"),
        (
            "password_env='P'\n" + BOX + "password_env='P'",
            'mailboxes.name: "m" is the name of another',
        ),
        (
            "password_env='P'\narchive_folder='inbox'",
            "mailboxes.archive_folder: must be another folder",
        ),
        (
            "password='x'\noauth2={provider='google',client_id='i',refresh_token='r'}",
            "mailboxes.oauth2: stands beside a password",
        ),
        (
            "oauth2={provider='gogle',client_id='i',refresh_token='r'}",
            "mailboxes.oauth2.provider: must",
        ),
        ("oauth2={provider='google',client_id='i'}", "mailboxes.oauth2: needs refresh_token, "),
        (
            "oauth2={provider='google',grant='client_credentials',client_id='i',client_secret='r'}",
            "mailboxes.oauth2.grant: must be",
        ),
        (
            "oauth2={provider='google',tenant='t',client_id='i',refresh_token='r'}",
            "mailboxes.oauth2.tenant: is for provider",
        ),
        (
            APP + "client_secret='r'}",
            "mailboxes.oauth2: tenant is missing",
        ),
        (
            APP + "tenant='t'}",
            'mailboxes.oauth2: grant "client_credentials" needs client_secret',
        ),
        (
            APP + "tenant='t',client_secret='s',refresh_token_env='T'}",
            "mailboxes.oauth2.refresh_token_env: has no use",
        ),
        (
            "oauth2={provider='custom',client_id='i',refresh_token='r'}",
            "mailboxes.oauth2: token_url is missing",
        ),
        (
            "oauth2={provider='custom',client_id='i',refresh_token='r',token_url='http://t.example/'}",
            "mailboxes.oauth2.token_url: must be an https:// address",
        ),
    ],
)
def test_a_mailbox_that_could_never_log_in(tmp_path: Path, text: str, words: str) -> None:
    assert only_fault(tmp_path, SMALL + BOX + text + "\n").split(": ", 1)[1].startswith(words)


def test_a_token_server_on_loopback_needs_no_tls(tmp_path: Path) -> None:
    token = (
        "oauth2={provider='custom',client_id='i',refresh_token='r',token_url='http://[::1]:9/t'}\n"
    )
    assert load(write(tmp_path, SMALL + BOX + token), {}).mailboxes[0].oauth2


def test_a_configuration_without_a_desk_is_none(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    assert faults_of(path)[0].startswith(f"{path}: desks: is missing; at least one [[desks]]")


PLACES = (
    '[outgoing]\nusername="u"\n{0} = {1}\n',
    BOX + "{0} = {1}\n",
    BOX + "oauth2 = {{ provider = 'google', client_id = 'i', {0} = {1} }}\n",
    BOX + "oauth2 = {{ provider = 3, grant = [], {0} = {1}, refresh_token_file = 3 }}\n",
    "[listener]\nauth = {{ alice = {{ {0} = {1} }} }}\n",
    "[listener]\nauth = {{ bob = {{ {0} = {1}, password_env = 'x' }}, alice = 3 }}\n",
    "[limits]\n{0} = {1}\n",
    "{0} = {1}\n",
)
KEYS = ("password", "pasword", "passwd", "client_secret", "refresh_token", "Password", "secret")
VALUES = (
    f'"{CANARY}"',
    f'["{CANARY}"]',
    f'{{ x = "{CANARY}" }}',
    f'"{CANARY}\\u0000"',
    f'"""\n{CANARY}"""',
    f'"{CANARY}',
    f"{CANARY}",
)


def all_that_is_said(path: Path) -> str:
    """Warnings, or the error with all that a traceback would print."""
    try:
        return " ".join(load(path, {}).warnings)
    except ConfigError as error:
        return "".join(traceback.format_exception(error)) + repr(error.faults)


@settings(max_examples=200, deadline=None)
@given(place=st.sampled_from(PLACES), key=st.sampled_from(KEYS), value=st.sampled_from(VALUES))
def test_no_secret_is_ever_in_a_message(
    tmp_path_factory: pytest.TempPathFactory, place: str, key: str, value: str
) -> None:
    path = write(tmp_path_factory.getbasetemp() / "secrets", place.format(key, value) + SMALL)
    path.chmod(0o644)
    assert CANARY not in all_that_is_said(path)


ODD = (
    *(0, -1, 10**30, 1.5, float("nan"), True, "", "x", "\0", "a\nb", "never", "é" * 300, "../.."),
    *([], [[]], [{}], {}, {"a": {}}, [1, "a", {}], ["\0"], {"": ""}, {"a": 3, "password": 3}),
    *(datetime.date(2026, 1, 1), datetime.datetime(2026, 1, 1), datetime.time(1)),
)
EXAMPLE = documents.read(Path(__file__).parents[2] / "config.example.toml")


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(list(EXAMPLE.spots)), value=st.sampled_from(ODD))
def test_whatever_stands_behind_a_key_it_is_settings_or_faults(
    path: tuple[str | int, ...], value: object
) -> None:
    data = copy.deepcopy(EXAMPLE.data)
    table = functools.reduce(operator.getitem, path[:-1], data)
    table[path[-1]] = value
    document = documents.Document(data, EXAMPLE.spots)
    lines: tuple[str, ...] = ()
    try:
        judged(document, Path("/nowhere"), "config.toml").policy()
    except ConfigError as error:
        lines = error.faults
    assert all(line.isprintable() for line in lines)


def test_names_from_the_file_are_shown_without_their_control_characters(tmp_path: Path) -> None:
    text = SMALL + '["a\\u001b[31m\\nb"]\n'
    assert only_fault(tmp_path, text).startswith(
        f'{after_small(1)}: "a\\u001b[31m\\nb": unknown key'
    )
    hidden = SMALL + '["a\\u202eb"]\n'
    assert '"a\\u202eb": unknown key' in only_fault(tmp_path, hidden)
    long = "x" * 500
    fault = only_fault(tmp_path, SMALL.replace('agents = ["alice"]', f'agents = ["{long}"]'))
    assert len(fault) < 150
