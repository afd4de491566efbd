"""Whatever is done to a ticket, no word of a note reaches a customer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maildesk.mail.worker import ParserPool
from maildesk.sweeps import sweep
from tests.walks import walk as walks
from tests.walks.walk import ADA, ALICE, BORIS, Walk, body, mail, reply

SECRET = "Xylophonquarz"
COMMANDS = (
    *("#take", "#assign boris", "#status waiting", "#status in progress", "#done", "#reopen"),
    *("#close", "#priority P1", "#type problem", "#urgency high", "#subject Another matter"),
    *("#cc carl@acme.example", "#uncc carl@acme.example", "#share", "#private", "#escalate"),
    *("#estimate 2h", "#time 30m", "#link https://bugs.example/1 public", "#due +3d"),
    *("#requester carl@acme.example", "#undo", "#split Another", "#merge HELP-2"),
)
ASKING = ("#show HELP-1", "#mine", "#search Xylophonquarz", "#help", "#show HELP-2")

Step = Callable[[Walk], object]


def note(command: str, by: str) -> Step:
    """An agent's note, with a command beside it."""
    text = f"#internal\n{command}\n\n{SECRET} {command}: he never reads the manual."
    return lambda walk: said(walk, by, text)


def said(walk: Walk, by: str, text: str) -> object:
    return walk.receive(mail(by, "[HELP-1]", text), auth="alice" if by == ALICE else "boris")


def answer(walk: Walk) -> object:
    """An agent answers the newest internal mail that he has, whatever it is."""
    inside = [m for m in walk.sent() if m["X-Maildesk-Event"] == "comment.internal"]
    return walk.receive(reply(inside[-1], BORIS, f"{SECRET} again.")) if inside else None


def customer(text: str) -> Step:
    return lambda walk: walk.receive(mail(ADA, "[HELP-1]", text))


def time_passes(walk: Walk) -> object:
    walk.advance(days=6)
    sweep(walk.desk)
    return walk.courier.deliver_due()


STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(note, st.sampled_from(("", *COMMANDS)), st.sampled_from((ALICE, BORIS))),
    st.sampled_from([(lambda walk, c=c: said(walk, ALICE, c)) for c in COMMANDS]),
    st.sampled_from([customer(text) for text in ("It burns.", "#close", *ASKING)]),
    st.sampled_from([answer, time_passes]),
)


def is_staffs(address: str) -> bool:
    return address.endswith("@desk.example")


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=3, max_size=8), batch=st.sampled_from(("0s", "2m")))
def test_no_word_of_a_note_reaches_a_customer(
    parser: ParserPool, steps: list[Step], batch: str
) -> None:
    with TemporaryDirectory() as folder:
        walk = walks.begin(Path(folder), parser, batch=batch)
        try:
            walk.receive(mail())
            walk.receive(mail(subject="Another printer"))
            for step in steps:
                step(walk)
            walk.advance(hours=1)
            for message in walk.sent():
                if not is_staffs(str(message["X-Original-To"])):
                    whole = body(message) + body(message, "html") + str(message["Subject"])
                    assert SECRET not in whole, (message["X-Maildesk-Event"], whole)
        finally:
            walk.close()
