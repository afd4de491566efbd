"""What a ticket was promised, and how its clocks stand: simulated time, Rome from nine to six."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maildesk.core.alarms import Ringing, alarms, next_alarm, ringing, shown
from maildesk.core.clocks import (
    Answered,
    Clock,
    Clocks,
    Happening,
    Moved,
    Opened,
    Pause,
    Promised,
    Taken,
    after,
    wound,
)
from maildesk.core.goals import Due, Goal, Metric, Promise, Sla, chosen, promised
from maildesk.core.readings import Band, Reading, State, nearest, read
from maildesk.core.workflow import Category, Status, Workflow
from maildesk.core.worktime import ALWAYS, Calendar, DaySpan, WorkSpan

ROME = ZoneInfo("Europe/Rome")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)

# Nine to one and two to six from Monday to Friday; 2 June 2026, a Tuesday, is free.
OFFICE = Calendar(
    zone=ROME,
    week=((DaySpan(540, 780), DaySpan(840, 1080)),) * 5 + ((), ()),
    free=frozenset({date(2026, 6, 2)}),
)


def hours(count: float) -> WorkSpan:
    return WorkSpan(0, count * HOUR)


SLA = Sla(
    name="standard",
    calendar=OFFICE,
    goals=(
        Goal(priority="P1", first_response=hours(1), update=hours(4), resolution=hours(8)),
        Goal(priority="P3", first_response=hours(4), update=WorkSpan(1, 0 * HOUR)),
        Goal(type="bug", resolution=WorkSpan(3, 0 * HOUR)),
    ),
    warn_at=(0.5, 30 * MINUTE),
)
P1 = promised(SLA, "P1", "incident", None, ALWAYS)
P3 = promised(SLA, "P3", "incident", None, ALWAYS)
NOTHING = promised(SLA, "P4", "request", None, ALWAYS)

STATUSES = Workflow()
OPEN, WAITING, WORKING, DONE = (
    STATUSES.named(name) for name in ("Open", "Waiting for the client", "In progress", "Done")
)
FIRST, UPDATE, RESOLUTION = Metric.FIRST_RESPONSE, Metric.UPDATE, Metric.RESOLUTION


def at(words: str, day: int = 1) -> datetime:
    """`10:30`, in Rome, on a day of June 2026; the first is a Monday."""
    hour, minute = words.split(":")
    return datetime(2026, 6, day, int(hour), int(minute), tzinfo=ROME).astimezone(UTC)


def opened(when: datetime, promise: Promise = P1) -> Opened:
    return Opened(at=when, status=OPEN, promise=promise)


def moved(when: datetime, status: Status) -> Moved:
    return Moved(at=when, status=status)


def clock(metric: Metric, *happenings: Happening) -> Clock:
    return wound(happenings).of(metric)


def reading(found: Clock, now: datetime) -> Reading:
    shows = read(found, now)
    assert shows is not None
    return shows


# ---- which goal counts ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("priority", "kind", "lengths"),
    [
        ("P1", "bug", {FIRST: 1, UPDATE: 4, RESOLUTION: 8}),
        # The first that fits counts alone: the goal for bugs adds nothing to that for P3.
        ("P3", "bug", {FIRST: 4, UPDATE: 8}),
        ("P2", "bug", {RESOLUTION: 24}),
        ("P2", "request", {}),
    ],
)
def test_the_first_goal_that_fits_priority_and_type_counts(
    priority: str, kind: str, lengths: dict[Metric, int]
) -> None:
    promise = promised(SLA, priority, kind, None, ALWAYS)
    assert {metric: target.length / HOUR for metric, target in promise.targets} == lengths


def test_an_organisations_sla_beats_its_desks_even_where_none_of_its_goals_fits() -> None:
    empty = Sla(name="none", calendar=OFFICE)
    assert chosen((SLA, empty), "none", "standard") is empty
    assert chosen((SLA, empty), None, "standard") is SLA
    assert chosen((SLA, empty), None, None) is None


# ---- first response ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (at("12:30"), State.MET),
        (at("14:29"), State.MET),
        (at("14:30"), State.MET),
        (at("14:30") + SECOND, State.BREACHED),
    ],
)
def test_a_first_response_is_met_by_an_answer_until_its_last_moment(
    answer: datetime, state: State
) -> None:
    found = clock(FIRST, opened(at("12:30")), Answered(at=answer))
    assert reading(found, at("18:00")).state is state


def test_an_answer_on_saturday_to_a_promise_that_ended_on_friday_is_late() -> None:
    found = clock(FIRST, opened(at("17:00", 5)), Answered(at=at("10:00", 6)))
    late = reading(found, at("10:00", 9))
    # No working time lies between, so it is late by none.
    assert late == Reading(state=State.BREACHED, due_at=at("18:00", 5), remaining=0 * HOUR)


def test_time_is_up_at_the_moment_itself_and_no_sooner() -> None:
    found = clock(FIRST, opened(at("09:00")))
    before = reading(found, at("10:00") - SECOND)
    assert before == Reading(state=State.RUNNING, due_at=at("10:00"), remaining=SECOND)
    assert reading(found, at("10:00")).state is State.BREACHED
    assert reading(found, at("11:00")).remaining == -HOUR


def test_taking_charge_is_a_response_only_where_it_is_told_of() -> None:
    begun = (opened(at("09:00")), Taken(at=at("09:20")))
    found = wound(begun)
    assert reading(found.of(FIRST), at("12:00")).state is State.MET
    assert found.of(UPDATE).cycle == 1
    assert reading(found.of(RESOLUTION), at("12:00")).state is State.RUNNING


def test_a_first_response_stays_met_when_the_ticket_is_open_again() -> None:
    happenings = (
        opened(at("09:00")),
        Answered(at=at("09:30")),
        moved(at("10:00"), DONE),
        moved(at("09:00", 10), OPEN),
        Promised(promise=P3),
    )
    found = clock(FIRST, *happenings)
    assert (found.stopped_at, reading(found, at("18:00", 10))) == (
        at("09:30"),
        Reading(state=State.MET),
    )


def test_a_ticket_that_ended_unanswered_owes_its_response_again_once_it_is_open() -> None:
    begun = (opened(at("09:00")), moved(at("09:40"), DONE))
    assert reading(clock(FIRST, *begun), at("12:00")).state is State.MET
    again = clock(FIRST, *begun, moved(at("09:00", 10), OPEN))
    assert reading(again, at("09:10", 10)) == Reading(
        state=State.RUNNING, due_at=at("09:20", 10), remaining=10 * MINUTE
    )


# ---- pauses --------------------------------------------------------------------------------------


def test_waiting_for_the_client_pauses_update_and_resolution_and_not_the_first_response() -> None:
    found = wound((opened(at("09:00")), moved(at("09:30"), WAITING)))
    states = {c.metric: reading(c, at("09:50")).state for c in found.current}
    assert states == {FIRST: State.RUNNING, UPDATE: State.PAUSED, RESOLUTION: State.PAUSED}


def test_a_clock_that_stands_still_keeps_what_it_has_left() -> None:
    found = clock(RESOLUTION, opened(at("09:00")), moved(at("11:00"), WAITING))
    # Due as if it went on: six hours of work from now on.
    for now, due in ((at("11:30"), at("09:30", 3)), (at("17:00", 4), at("15:00", 5))):
        shows = reading(found, now)
        assert shows == Reading(state=State.PAUSED, due_at=due, remaining=6 * HOUR)


def test_only_the_work_in_a_pause_moves_the_moment() -> None:
    begun = (opened(at("09:00")), moved(at("11:00"), WAITING))
    night = clock(RESOLUTION, *begun, moved(at("03:00", 3), OPEN))
    # Six hours of Monday were lost; Tuesday is free.
    assert reading(night, at("08:00", 3)).due_at == at("16:00", 3)
    lunch = clock(
        RESOLUTION,
        opened(at("09:00")),
        moved(at("13:00"), WAITING),
        moved(at("14:00"), WORKING),
    )
    assert reading(lunch, at("14:00")).due_at == at("18:00")


def test_what_was_broken_before_a_pause_stays_broken() -> None:
    begun = (opened(at("09:00")), moved(at("13:30", 3), WAITING))
    for metric, due in ((UPDATE, at("13:00")), (RESOLUTION, at("18:00"))):
        found = clock(metric, *begun)
        assert reading(found, at("15:00", 5)).state is State.BREACHED
        assert reading(found, at("15:00", 5)).due_at == due


def test_a_pause_that_begins_at_the_last_moment_comes_too_late() -> None:
    found = clock(RESOLUTION, opened(at("09:00")), moved(at("18:00"), WAITING))
    assert reading(found, at("09:00", 3)).state is State.BREACHED
    found = clock(RESOLUTION, opened(at("09:00")), moved(at("17:59"), WAITING))
    assert reading(found, at("09:00", 3)).remaining == MINUTE


def test_a_status_that_pauses_nothing_does_not_end_a_pause_twice() -> None:
    found = clock(
        UPDATE,
        opened(at("09:00")),
        moved(at("10:00"), WAITING),
        moved(at("10:30"), STATUSES.named("On hold")),
        moved(at("11:00"), OPEN),
        moved(at("11:30"), WORKING),
    )
    assert found.pauses == (Pause(since=at("10:00"), until=at("11:00")),)
    assert reading(found, at("11:30")).due_at == at("15:00")


def test_a_pause_without_length_is_none() -> None:
    found = clock(
        UPDATE, opened(at("09:00")), moved(at("10:00"), WAITING), moved(at("10:00"), OPEN)
    )
    assert found.pauses == ()


# ---- updates -------------------------------------------------------------------------------------


def test_each_public_answer_starts_the_next_update_and_ends_the_last() -> None:
    found = wound((opened(at("09:00")), Answered(at=at("10:00")), Answered(at=at("16:00"))))
    update = found.of(UPDATE)
    assert (update.cycle, update.started_at, update.stopped_at) == (3, at("16:00"), None)
    assert reading(update, at("16:00")).due_at == at("11:00", 3)
    assert [(c.cycle, reading(c, at("18:00")).state) for c in found.ended] == [
        (1, State.MET),
        # Four hours from ten are over at three.
        (2, State.BREACHED),
    ]


def test_an_answer_that_was_held_back_starts_no_update_before_the_last() -> None:
    begun = (opened(at("09:00")), Answered(at=at("11:00")))
    found = wound((*begun, Answered(at=at("10:00"))))
    assert found == wound(begun)


def test_an_answer_while_the_customer_is_waited_for_starts_an_update_that_stands_still() -> None:
    found = clock(
        UPDATE, opened(at("09:00")), moved(at("10:00"), WAITING), Answered(at=at("11:00"))
    )
    assert reading(found, at("17:00")).remaining == 4 * HOUR
    again = after(Clocks(current=(found,)), moved(at("17:00"), OPEN)).of(UPDATE)
    assert reading(again, at("17:00")).due_at == at("12:00", 3)


def test_the_end_of_a_ticket_ends_what_it_owes() -> None:
    found = wound((opened(at("09:00")), moved(at("12:00"), DONE)))
    for metric in (UPDATE, RESOLUTION):
        assert found.of(metric).stopped_at == at("12:00")
        assert reading(found.of(metric), at("18:00", 5)) == Reading(state=State.MET)


@pytest.mark.parametrize("is_answer_first", [True, False])
def test_done_with_words_is_an_update_of_which_all_is_left_when_it_is_open_again(
    is_answer_first: bool,
) -> None:
    pair = (Answered(at=at("12:00")), moved(at("12:00"), DONE))
    found = wound((opened(at("09:00")), *(pair if is_answer_first else pair[::-1])))
    update = found.of(UPDATE)
    assert (update.started_at, update.stopped_at) == (at("12:00"), at("12:00"))
    assert [c.stopped_at for c in found.ended] == [at("12:00")]
    again = after(found, moved(at("09:00", 10), OPEN))
    assert reading(again.of(UPDATE), at("09:00", 10)).due_at == at("13:00", 10)
    # The resolution goes on with the five hours that were left.
    assert reading(again.of(RESOLUTION), at("09:00", 10)).remaining == 5 * HOUR


# ---- another promise -----------------------------------------------------------------------------


def test_another_priority_counts_from_the_start_with_the_pauses_kept() -> None:
    begun = (
        opened(at("09:00"), P3),
        moved(at("10:00"), WAITING),
        moved(at("11:00"), OPEN),
    )
    assert reading(clock(UPDATE, *begun), at("11:00")).due_at == at("10:00", 3)
    raised = clock(UPDATE, *begun, Promised(promise=P1))
    assert reading(raised, at("11:00")).due_at == at("15:00")
    assert reading(clock(FIRST, *begun, Promised(promise=P1)), at("11:00")).state is State.BREACHED


def test_a_longer_promise_takes_back_a_breach_and_nothing_that_has_stopped() -> None:
    begun = (opened(at("09:00")), Answered(at=at("10:30")))
    lowered = wound((*begun, Promised(promise=P3)))
    assert reading(lowered.of(FIRST), at("12:00")).state is State.BREACHED
    assert reading(lowered.of(UPDATE), at("16:00")).state is State.RUNNING
    assert reading(wound(begun).of(UPDATE), at("16:00")).state is State.BREACHED


def test_what_is_not_promised_has_no_reading_and_a_later_promise_counts_from_the_start() -> None:
    begun = (opened(at("09:00"), NOTHING), moved(at("10:00"), WAITING), moved(at("12:00"), OPEN))
    assert [read(c, at("12:00")) for c in wound(begun).current] == [None, None, None]
    found = clock(RESOLUTION, *begun, Promised(promise=P1))
    assert reading(found, at("12:00")).due_at == at("11:00", 3)
    gone = clock(RESOLUTION, *begun, Promised(promise=P1), Promised(promise=NOTHING))
    assert read(gone, at("12:00")) is None


def test_a_ticket_that_is_open_again_is_promised_what_counts_now() -> None:
    done = wound((opened(at("09:00")), moved(at("10:00"), DONE), Promised(promise=P3)))
    assert reading(done.of(UPDATE), at("11:00")).state is State.MET
    again = after(done, moved(at("14:00"), OPEN))
    # A working day: one hour had gone.
    assert reading(again.of(UPDATE), at("14:00")).remaining == 7 * HOUR
    assert read(again.of(RESOLUTION), at("14:00")) is None


def test_a_new_calendar_counts_from_the_start() -> None:
    longer = replace(OFFICE, week=((DaySpan(480, 1200),),) * 5 + ((), ()))
    sla = replace(SLA, calendar=longer)
    found = clock(
        RESOLUTION,
        opened(at("09:00")),
        Promised(promise=promised(sla, "P1", "incident", None, ALWAYS)),
    )
    assert reading(found, at("12:00")).due_at == at("17:00")


# ---- a named day ---------------------------------------------------------------------------------


def due_on(day: int, named_at: datetime, sla: Sla | None = SLA) -> Promised:
    due = Due(day=date(2026, 6, day), named_at=named_at)
    return Promised(promise=promised(sla, "P1", "incident", due, ALWAYS))


def test_a_named_day_is_due_when_its_work_ends_whatever_the_goal_says() -> None:
    found = clock(RESOLUTION, opened(at("09:00")), due_on(5, at("12:00")))
    assert reading(found, at("12:00")).due_at == at("18:00", 5)
    assert reading(found, at("17:00", 5)).remaining == HOUR
    assert reading(found, at("18:00", 5)).state is State.BREACHED


def test_a_named_day_on_which_nobody_works_is_due_when_it_ends() -> None:
    found = clock(RESOLUTION, opened(at("09:00")), due_on(7, at("12:00")))
    assert reading(found, at("12:00", 6)).due_at == at("00:00", 8)
    assert reading(found, at("12:00", 6)).state is State.RUNNING


def test_a_named_day_counts_without_an_sla_and_until_its_midnight() -> None:
    due = Due(day=date(2026, 6, 5), named_at=at("12:00"))
    zone = replace(ALWAYS, zone=ROME)
    promise = promised(None, "P3", "request", due, zone)
    found = wound((opened(at("09:00"), NOTHING), Promised(promise=promise)))
    assert reading(found.of(RESOLUTION), at("12:00")).due_at == at("00:00", 6)
    assert read(found.of(FIRST), at("12:00")) is None


def test_pauses_since_it_was_named_move_a_named_day_and_those_before_do_not() -> None:
    begun = (opened(at("09:00")), moved(at("10:00"), WAITING))
    named = (*begun, due_on(5, at("16:00")), moved(at("18:00"), OPEN))
    assert reading(clock(RESOLUTION, *named), at("18:00")).due_at == at("11:00", 8)
    before = (*begun, moved(at("16:00"), OPEN), due_on(5, at("16:00")))
    assert reading(clock(RESOLUTION, *before), at("18:00")).due_at == at("18:00", 5)


def test_without_its_day_a_ticket_is_promised_its_goal_again() -> None:
    found = clock(RESOLUTION, opened(at("09:00")), due_on(5, at("12:00")), Promised(promise=P1))
    assert reading(found, at("12:00")).due_at == at("18:00")


# ---- what people see -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "band"),
    [
        ("16:59", Band.LONG),
        ("17:00", Band.LONG),
        ("17:01", Band.HOUR),
        ("17:30", Band.HOUR),
        ("17:31", Band.HALF_HOUR),
        ("18:00", Band.BREACHED),
    ],
)
def test_a_clock_has_the_same_words_and_colour_in_every_place(now: str, band: Band) -> None:
    found = clock(RESOLUTION, opened(at("09:00")))
    assert reading(found, at(now)).band is band


def test_each_band_says_what_it_means() -> None:
    assert [(band.value, band.colour) for band in Band] == [
        ("more than 1 h", "green"),
        ("less than 1 h", "yellow"),
        ("less than 30 min", "orange"),
        ("breached", "red"),
        ("met", "green"),
        ("paused", "grey"),
    ]
    paused = clock(RESOLUTION, opened(at("09:00")), moved(at("17:50"), WAITING))
    assert reading(paused, at("12:00", 3)).band is Band.PAUSED
    met = clock(RESOLUTION, opened(at("09:00")), moved(at("17:50"), DONE))
    assert reading(met, at("12:00", 3)).band is Band.MET


def test_a_list_goes_by_the_clock_with_the_least_time_left() -> None:
    found = wound((opened(at("09:00")),))
    assert nearest(found.current, at("09:10")) == reading(found.of(FIRST), at("09:10"))
    answered = after(found, Answered(at=at("11:00")))
    # The late answer is no more to be done about.
    assert nearest(answered.current, at("15:00")) == reading(answered.of(UPDATE), at("15:00"))
    # Two days later the update is five hours late, the resolution three.
    broken = nearest(answered.current, at("12:00", 3))
    assert broken
    assert (broken.state, broken.remaining) == (State.BREACHED, -5 * HOUR)


def test_what_stands_still_comes_after_what_does_not() -> None:
    found = wound((opened(at("09:00"), P3), moved(at("09:30"), WAITING)))
    longer = replace(found.of(FIRST), started_at=at("09:00", 20))
    assert nearest((found.of(UPDATE), longer), at("10:00")) == reading(longer, at("10:00"))
    only = nearest((found.of(UPDATE),), at("10:00"))
    assert only
    assert only.band is Band.PAUSED
    assert nearest(wound((opened(at("09:00"), NOTHING),)).current, at("10:00")) is None


# ---- what rings ----------------------------------------------------------------------------------

NONE: frozenset[str] = frozenset()


def names(found: Clock, now: datetime) -> list[tuple[str, datetime]]:
    return [(alarm.name, alarm.at) for alarm in alarms(found, SLA.warn_at, now)]


def rings(found: Clock, now: datetime, rung: frozenset[str] = NONE) -> str | None:
    alarm = ringing(found, SLA.warn_at, rung, now).alarm
    return alarm.name if alarm else None


def test_a_clock_warns_at_shares_gone_and_times_left_and_when_it_is_broken() -> None:
    found = clock(RESOLUTION, opened(at("15:00")))
    assert names(found, at("15:00")) == [
        ("50%", at("10:00", 3)),
        ("30m", at("14:30", 3)),
        ("breach of 8h", at("15:00", 3)),
    ]


def test_alarms_come_in_the_order_of_their_moments() -> None:
    # Of an hour half has gone when half an hour is left: they ring together, as one.
    found = clock(FIRST, opened(at("09:00")))
    assert names(found, at("09:00"))[:2] == [("50%", at("09:30")), ("30m", at("09:30"))]
    assert ringing(found, SLA.warn_at, NONE, at("09:30")).passed == ("50%", "30m")
    early = alarms(found, (0.9, 45 * MINUTE), at("09:00"))
    assert [alarm.name for alarm in early] == ["45m", "90%", "breach of 1h"]


def test_a_warning_as_long_as_the_promise_never_rings() -> None:
    found = clock(FIRST, opened(at("09:00")))
    for left in (HOUR, 2 * HOUR):
        assert [a.name for a in alarms(found, (left,), at("09:00"))] == ["breach of 1h"]


def test_nothing_rings_early_and_each_rings_once() -> None:
    found = clock(RESOLUTION, opened(at("15:00")))
    rung, told = NONE, []
    now = at("15:00")
    while now <= at("18:00", 4):
        ring = ringing(found, SLA.warn_at, rung, now)
        told += [(ring.alarm.name, now)] if ring.alarm else []
        rung |= {*ring.passed}
        now += 5 * MINUTE
    assert told == names(found, now)


def test_after_a_long_sleep_the_newest_rings_alone() -> None:
    found = clock(RESOLUTION, opened(at("15:00")))
    ring = ringing(found, SLA.warn_at, NONE, at("14:45", 3))
    assert ring.alarm
    assert (ring.alarm.name, ring.passed) == ("30m", ("50%", "30m"))
    assert ring.next_at == at("15:00", 3)
    ring = ringing(found, SLA.warn_at, NONE, at("09:00", 20))
    assert ring.alarm
    assert ring.alarm.is_breach
    assert ring.passed == ("50%", "30m", "breach of 8h")


def test_a_clock_that_stands_still_warns_of_nothing_but_a_breach_before() -> None:
    found = clock(RESOLUTION, opened(at("15:00")), moved(at("11:00", 3), WAITING))
    assert names(found, at("15:00", 3)) == []
    assert next_alarm(found, SLA.warn_at, NONE, at("15:00", 3)) is None
    found = clock(RESOLUTION, opened(at("15:00")), moved(at("16:00", 3), WAITING))
    assert rings(found, at("16:00", 3)) == "breach of 8h"


def test_a_clock_that_was_met_rings_no_more_and_a_late_one_rings_its_breach() -> None:
    met = clock(RESOLUTION, opened(at("09:00")), moved(at("17:45"), DONE))
    assert names(met, at("18:00", 5)) == []
    late = clock(RESOLUTION, opened(at("09:00")), moved(at("18:30"), DONE))
    assert rings(late, at("18:30")) == "breach of 8h"
    assert rings(late, at("18:30"), frozenset({"breach of 8h"})) is None


def test_a_pause_moves_the_warnings_with_it() -> None:
    found = clock(
        RESOLUTION,
        opened(at("09:00")),
        moved(at("10:00"), WAITING),
        moved(at("12:00"), OPEN),
    )
    assert names(found, at("12:00")) == [
        ("50%", at("16:00")),
        ("30m", at("11:00", 3) - 30 * MINUTE),
        ("breach of 8h", at("11:00", 3)),
    ]


def test_a_warning_is_given_once_and_the_breach_of_another_promise_again() -> None:
    rung = frozenset({"50%", "30m", "breach of 4h"})
    found = clock(UPDATE, opened(at("09:00")), Promised(promise=P3))
    assert rings(found, at("17:45"), rung) is None
    assert rings(found, at("18:00"), rung) == "breach of 8h"


def test_an_alarm_older_than_one_that_has_rung_is_passed_over() -> None:
    """As where somebody adds a threshold whose moment has gone."""
    found = clock(RESOLUTION, opened(at("09:00")))
    ring = ringing(found, (0.25, 0.5), frozenset({"50%"}), at("15:00"))
    assert ring == Ringing(passed=("25%",), next_at=at("18:00"))


def test_the_next_look_at_a_clock_is_when_it_rings_next() -> None:
    found = clock(RESOLUTION, opened(at("15:00")))
    assert next_alarm(found, SLA.warn_at, NONE, at("15:00")) == at("10:00", 3)
    assert next_alarm(found, SLA.warn_at, frozenset({"50%"}), at("10:00", 3)) == at("14:30", 3)
    all_names = frozenset(name for name, _ in names(found, at("15:00")))
    assert next_alarm(found, SLA.warn_at, all_names, at("18:00", 3)) is None
    # No thresholds: the breach is told of all the same.
    assert next_alarm(found, (), NONE, at("15:00")) == at("15:00", 3)


def test_a_clock_set_back_rings_nothing_again() -> None:
    found = clock(RESOLUTION, opened(at("15:00")))
    assert rings(found, at("10:00", 3)) == "50%"
    rung = frozenset({"50%"})
    assert rings(found, at("09:00", 3), rung) is None
    assert rings(found, at("10:00", 3), rung) is None


def test_a_named_day_warns_by_the_work_since_it_was_named() -> None:
    found = clock(RESOLUTION, opened(at("09:00")), due_on(3, at("14:00")))
    # Four hours of Monday and eight of Wednesday.
    assert names(found, at("14:00")) == [
        ("50%", at("11:00", 3)),
        ("30m", at("17:30", 3)),
        ("breach of 2026-06-03", at("18:00", 3)),
    ]
    past = clock(RESOLUTION, opened(at("09:00")), due_on(1, at("19:00")))
    assert names(past, at("19:00")) == [("breach of 2026-06-01", at("18:00"))]


@pytest.mark.parametrize(
    ("threshold", "words"),
    [(0.5, "50%"), (0.125, "12.5%"), (30 * MINUTE, "30m"), (90 * MINUTE, "1h30m"), (HOUR, "1h")],
)
def test_a_threshold_is_named_as_the_configuration_has_it(
    threshold: float | timedelta, words: str
) -> None:
    assert shown(threshold) == words


def test_a_status_that_is_done_is_an_end_by_any_name() -> None:
    ended = Status(name="Shipped", category=Category.DONE)
    assert clock(RESOLUTION, opened(at("09:00")), moved(at("10:00"), ended)).stopped_at
