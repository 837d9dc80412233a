"""How what Sayso does slows down, if it does, from ten thousand responses to a million. SQLite alone."""

import http.client
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from analysis.findings.suppression import shown
from bot.officer.door import OfficerDoor
from bot.sayso import Sayso
from bot.settings import Settings
from bot.web.app import staff_secret
from bot.web.security import STAFF_COOKIE, Passes, Role
from consultation.domain.consultation import Wave
from consultation.operations.purge import purge
from tests.benchmarks.figures import Line, Speed, bounded, compared
from tests.benchmarks.filling import fill, person, running
from tests.benchmarks.places import Places, opened
from tests.benchmarks.processes import Server, serving
from tests.benchmarks.talk import talk
from tests.benchmarks.throughput import UNIT, Talk, speed_of

SIZES = (10_000, 100_000, 1_000_000)
NEW, GOING_ON = 300, 600  # talks in a round
EACH = 3  # turns of those that go on
FLAT = 0.8  # of the speed with ten thousand
DASHBOARD = 1_000.0  # milliseconds
LOOKS = 5


@dataclass(frozen=True)
class Grown:
    """A place with so many responses, and Sayso at work in it."""

    responses: int
    sayso: Sayso
    wave: Wave


def measure(rounds: int, sizes: Sequence[int] = SIZES) -> Iterator[Line]:
    with Places() as places:
        grown = {}
        for size in sizes:
            grown[size] = places.fresh()
            began = perf_counter()
            fill(grown[size], size)
            yield Line(f"f. {size:,} responses: made in", f"{perf_counter() - began:,.0f} s")
            yield bounded(f"f. {size:,} responses: bytes each", _bytes(grown[size]) / size, "B", None)
        with ExitStack() as stack:
            opens = [Grown(size, *stack.enter_context(opened(place))) for size, place in grown.items()]
            yield from _turns(opens, rounds)
            for each in opens:
                yield from _operations(each)
        for size, place in grown.items():
            yield from _pages(size, place)


def _turns(opens: Sequence[Grown], rounds: int) -> Iterator[Line]:
    """Rounds over all sizes in turn, so that what disturbs the machine disturbs all."""
    for name, play in (("new chats", _play_new), ("chats under way", _play_on)):
        speeds = [[play(each, number) for each in opens] for number in range(rounds)]
        for at, each in enumerate(opens[1:], 1):
            what = f"f. {each.responses:,} responses: turns of {name}, beside {opens[0].responses:,}"
            yield compared(what, [(row[at], row[0]) for row in speeds], UNIT, FLAT)


def _play_new(grown: Grown, number: int) -> Speed:
    script = talk(grown.sayso.desk.survey_of(grown.wave))
    return _speed(grown, [Talk(f"new {number} {each}", script) for each in range(NEW)])


def _play_on(grown: Grown, number: int) -> Speed:
    """People picked at random from all who are not through, so that little of theirs is in any cache."""
    people = running(grown.sayso.desk, grown.wave, grown.responses)
    random.Random(0).shuffle(people)
    some = people[number * GOING_ON : (number + 1) * GOING_ON]
    talks = [Talk(person(each), shape.script[shape.stop :][:EACH], shape.stop or 0) for each, shape in some]
    return _speed(grown, talks)


def _speed(grown: Grown, talks: Sequence[Talk]) -> Speed:
    return speed_of(grown.sayso.desk, grown.wave, talks, 64)


def _operations(grown: Grown) -> Iterator[Line]:
    """What the staff bot and the nightly purge do, as they do it."""
    sayso, size = grown.sayso, f"f. {grown.responses:,} responses:"
    door = OfficerDoor(sayso)
    yield bounded(f"{size} staff bot's /reach, first time", _milliseconds(door.reach_text), "ms", DASHBOARD)
    again = median(_milliseconds(door.reach_text) for _ in range(LOOKS))
    yield bounded(f"{size} staff bot's /reach, again", again, "ms", DASHBOARD)
    took = _milliseconds(lambda: purge(sayso.store, sayso.desk.now(), shown))
    yield bounded(f"{size} purge of {grown.responses // 2:,} marks", took, "ms", None)


def _pages(size: int, place: Settings) -> Iterator[Line]:
    """Through the real route of a process that serves pages."""
    cookie = Passes(staff_secret(place.key_folder)).cookie(Role.OFFICER)
    with serving(place, "web") as server:
        took = [_look(server, cookie) for _ in range(LOOKS)]
        yield bounded(f"f. {size:,} responses: officer's page", median(took), "ms", DASHBOARD)
        yield bounded(f"f. {size:,} responses: memory of 'sayso serve --only web'", server.resident(), "MB", None)


def _look(server: Server, cookie: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    began = perf_counter()
    connection.request("GET", "/staff/consultations", headers={"cookie": f"{STAFF_COOKIE}={cookie}"})
    answer = connection.getresponse()
    page = answer.read()
    took = perf_counter() - began
    connection.close()
    if answer.status != 200 or b"have-your-say" not in page:
        raise AssertionError(f"the officer's page did not come: {answer.status}")
    return took * 1000


def _milliseconds(call: Callable[[], object]) -> float:
    began = perf_counter()
    call()
    return (perf_counter() - began) * 1000


def _bytes(place: Settings) -> int:
    return place.database.stat().st_size
