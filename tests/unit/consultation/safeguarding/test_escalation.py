"""Nobody is skipped, nobody is told before their turn, and no clock keeps anybody waiting: whoever looks, and however
seldom, and whatever fails."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from consultation.domain.concern import Queue
from consultation.safeguarding.arrangements import Contact, shipped_arrangements
from consultation.safeguarding.escalation import (
    LONGEST_RETRY,
    Call,
    Means,
    Proof,
    beat_is_due,
    ladder,
    last_beat,
    means_of,
    paths,
    schedule,
    trouble,
)

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
PATIENCE = timedelta(minutes=15)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LEAD = Contact(role="lead", email="lead@example.org", telegram=1)
DEPUTY = Contact(role="deputy", telegram=2)
TEAM = Contact(role="team", email="team@example.org")
LADDER = (LEAD, DEPUTY, TEAM)

ladders = st.lists(st.sampled_from([LEAD, DEPUTY, TEAM]), min_size=1, max_size=4)
gaps = st.lists(st.integers(1, 40 * 60).map(lambda seconds: timedelta(seconds=seconds)), min_size=1, max_size=60)


@dataclass
class Watch:
    """Somebody looks now and then: `tried` is (when, rung, means, whether it went out)."""

    rungs: Sequence[Contact]
    works: Callable[[], bool] = lambda: True
    calls: list[Call] = field(default_factory=list)
    tried: list[tuple[datetime, int, Means, bool]] = field(default_factory=list)

    def look(self, now: datetime) -> list[int]:
        """Which rungs were tried."""
        before = len(self.tried)
        self.calls = [self._made(each, now) for each in schedule(self.calls, self.rungs, PATIENCE, now)]
        return [rung for _, rung, _, _ in self.tried[before:]]

    def _made(self, call: Call, now: datetime) -> Call:
        if call.due_at is None or call.due_at > now:
            return call
        sent = self.works()
        self.tried.append((now, call.rung, call.means, sent))
        went = replace(call, sent=call.sent + 1, failures=0) if sent else replace(call, failures=call.failures + 1)
        return replace(went, due_at=None)


def looks(gaps: Sequence[timedelta]) -> list[datetime]:
    times = [START]
    for gap in gaps:
        times.append(times[-1] + gap)
    return times


@given(rungs=ladders, gaps=gaps, chance=st.randoms(use_true_random=False), failing=st.floats(0, 1))
def test_each_is_tried_at_the_first_look_at_or_after_their_turn_whatever_fails(
    rungs: list[Contact], gaps: list[timedelta], chance: object, failing: float
) -> None:
    watch, times = Watch(rungs, lambda: chance.random() >= failing), looks(gaps)  # type: ignore[attr-defined]
    for each in times:
        watch.look(each)
    for rung, contact in enumerate(rungs):
        turn = next((each for each in times if each >= START + rung * PATIENCE), None)
        for means in means_of(contact):
            first = next((when for when, r, m, _ in watch.tried if (r, m) == (rung, means)), None)
            assert first == turn


@given(rungs=ladders, gaps=gaps, chance=st.randoms(use_true_random=False), failing=st.floats(0, 0.9))
def test_what_fails_is_tried_again_soon_and_what_went_out_is_told_again_only_to_the_last(
    rungs: list[Contact], gaps: list[timedelta], chance: object, failing: float
) -> None:
    watch, times = Watch(rungs, lambda: chance.random() >= failing), looks(gaps)  # type: ignore[attr-defined]
    for each in times:
        watch.look(each)
    for rung, contact in enumerate(rungs):
        for means in means_of(contact):
            mine = [(when, sent) for when, r, m, sent in watch.tried if (r, m) == (rung, means)]
            for (when, sent), after in zip(mine, [*mine[1:], None], strict=False):
                if sent and rung < len(rungs) - 1:
                    assert after is None
                    continue
                following = [each for each in times if each > when]
                # The next look plans it anew, and the first after the wait makes it.
                wait = PATIENCE if sent else LONGEST_RETRY
                by = next((each for each in following if following and each >= following[0] + wait), None)
                assert by is None or (after is not None and after[0] <= by)
                if sent and after is not None:
                    assert after[0] - when >= PATIENCE


@given(
    back=st.timedeltas(timedelta(0), timedelta(days=4000)),
    before=st.integers(0, 50).map(lambda minutes: timedelta(minutes=minutes)),
)
@example(back=timedelta(days=365), before=timedelta(0))
def test_a_clock_that_is_set_back_makes_nobody_wait_longer_than_their_turn(back: timedelta, before: timedelta) -> None:
    watch = Watch(LADDER)
    for minute in range(int(before / MINUTE) + 1):
        watch.look(START + minute * MINUTE)
    told = {rung for _, rung, _, _ in watch.tried}
    now = START + before - back
    heard = dict.fromkeys(told)
    for minute in range(2 * 15 + 1):
        heard |= dict.fromkeys(watch.look(now + minute * MINUTE))
    assert set(heard) == {0, 1, 2}


def test_a_clock_that_is_set_ahead_at_worst_escalates_early() -> None:
    watch = Watch(LADDER)
    assert watch.look(START) == [0, 0]
    assert watch.look(START + timedelta(days=365)) == [1, 2]
    assert watch.look(START) == [], "and back again: all were told"
    assert watch.look(START + PATIENCE) == [2]
    assert watch.look(START + PATIENCE) == []


def test_who_is_named_later_is_told_and_who_is_gone_is_not() -> None:
    watch = Watch((LEAD,))
    assert [watch.look(START + after) for after in (0 * MINUTE, MINUTE)] == [[0, 0], []]
    now = START + MINUTE + PATIENCE
    assert watch.look(now) == [0, 0], "who is alone is the last, and told again"
    watch.rungs = LADDER
    assert watch.look(now) == []
    assert watch.look(now + PATIENCE) == [1]
    watch.rungs = (LEAD.model_copy(update={"telegram": None}), DEPUTY, TEAM)
    assert {(call.rung, call.means) for call in schedule(watch.calls, watch.rungs, PATIENCE, now)} == {
        (0, Means.EMAIL), (1, Means.STAFF_BOT), (2, Means.EMAIL),
    }  # fmt: skip
    watch.rungs = (LEAD, DEPUTY)
    assert watch.look(now + PATIENCE + MINUTE) == []
    assert watch.look(now + PATIENCE + MINUTE + PATIENCE) == [1], "the deputy is the last now"


def test_allegations_go_first_to_their_own_contact() -> None:
    own = Contact(role="LADO", email="lado@example.org")
    arrangements = shipped_arrangements().model_copy(
        update={"lead": LEAD, "deputy": DEPUTY, "duty_team": TEAM, "allegations": own}
    )
    assert [part for part, _ in ladder(arrangements, Queue.GENERAL)] == ["safeguarding lead", "deputy", "duty team"]
    assert [part for part, _ in ladder(arrangements, Queue.ALLEGATIONS)] == [
        "allegations contact", "deputy", "duty team",
    ]  # fmt: skip
    assert len(paths(arrangements)) == 5
    without = arrangements.model_copy(update={"allegations": None})
    assert ladder(without, Queue.ALLEGATIONS) == ladder(without, Queue.GENERAL)


def test_each_path_carries_a_heartbeat_a_day_and_is_tried_on_while_it_fails() -> None:
    at = last_beat(shipped_arrangements(), START)
    assert at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert last_beat(shipped_arrangements(), datetime(2026, 7, 1, 7, 59, tzinfo=UTC)).day == 30, "London's summer"
    assert last_beat(shipped_arrangements(), datetime(2026, 7, 1, 8, tzinfo=UTC)).day == 1
    for proof, due in (
        (None, True),
        (Proof(at), False),
        (Proof(at - MINUTE), True),
        (Proof(START + HOUR), True),  # by a clock that was wrong
        (Proof(at, START - MINUTE), False),
        (Proof(at, START - LONGEST_RETRY), True),
        (Proof(at, START + HOUR), True),
        (Proof(None, START - LONGEST_RETRY), True),
        (Proof(START, at), False),
    ):
        assert beat_is_due(proof, at, START) is due, proof


def test_a_path_without_its_heartbeat_is_in_trouble() -> None:
    assert trouble(Proof(START - 26 * HOUR), START) is None
    assert trouble(Proof(START - 26 * HOUR - MINUTE), START) == "has not been tried for more than a day"
    assert trouble(Proof(START - HOUR, START), START) == "failed when it was last tried"
    assert trouble(Proof(START, START - HOUR), START) is None
    assert trouble(None, START) == "has not been tried yet"
