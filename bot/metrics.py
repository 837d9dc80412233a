"""What Prometheus may know of a running Sayso: how much work, how fast, and what failed.

Labels hold closed sets of words: never a slug, a pseudonym, a chat, a reference, a question or a text. Nothing here
counts safeguarding concerns, alerts or referrals, only the ways of telling that carried no heartbeat; nor people or
answers by audience or consultation: two scrapes a few seconds apart tell of one person what no published table would,
and there is no suppression on this page.
"""

from collections.abc import Callable, Sequence
from itertools import product
from math import nan
from typing import Literal, TypeAlias, get_args

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from consultation.domain.consultation import Channel

TurnOutcome: TypeAlias = Literal["taken", "repeated", "not_stored", "failed"]
SendOutcome: TypeAlias = Literal["sent", "limited", "blocked", "refused", "failed"]
RefusalReason: TypeAlias = Literal["secret", "address", "method", "size", "form", "busy"]
DoorName: TypeAlias = Literal["web", "respondent", "officer"]
FloodKind: TypeAlias = Literal["talk", "address", "people"]
# No "alerts" among these: they are due only where somebody may be in danger, so their rounds would count concerns.
DueWork: TypeAlias = Literal["open", "close", "purge", "code"]
WorkOutcome: TypeAlias = Literal["done", "failed"]

OTHER = "other"  # what a word that is in none of these sets is counted as, so that a slip can't publish it
CHANNELS = tuple(each.value for each in Channel)
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
TURNS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """The figures of one process, in a registry of their own."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)
        self._turns = _Counts(registry, "turns", "Turns of talks", channel=CHANNELS, outcome=get_args(TurnOutcome))
        self._turn_seconds = Histogram("sayso_turn_seconds", "Seconds a turn took", registry=registry, buckets=SECONDS)
        self._batch_turns = Histogram("sayso_batch_turns", "Turns committed together", registry=registry, buckets=TURNS)
        self._batch_seconds = Histogram(
            "sayso_batch_seconds", "Seconds a commit took", registry=registry, buckets=SECONDS
        )
        self._messages = _Counts(registry, "messages", "Messages to chats", outcome=get_args(SendOutcome))
        self._webhook = _Counts(
            registry, "webhook_refused", "Calls of a webhook turned away", reason=get_args(RefusalReason)
        )
        self._aside = _Counts(
            registry, "updates_set_aside", "Updates that could not be handled", door=get_args(DoorName)
        )
        self._floods = _Counts(registry, "floods_refused", "Posts refused as a flood", kind=get_args(FloodKind))
        self._paths = Gauge(
            "sayso_alert_paths_failing", "Ways of telling the safeguarding team without a heartbeat", registry=registry
        )
        self._work = _Counts(
            registry, "due_work", "Rounds of due work", kind=get_args(DueWork), outcome=get_args(WorkOutcome)
        )

    def turn_taken(self, channel: Channel, outcome: TurnOutcome, seconds: float) -> None:
        self._turns.add(channel, outcome)
        self._turn_seconds.observe(seconds)

    def batch_committed(self, turns: int, seconds: float) -> None:
        self._batch_turns.observe(turns)
        self._batch_seconds.observe(seconds)

    def message_sent(self, outcome: SendOutcome) -> None:
        self._messages.add(outcome)

    def webhook_refused(self, reason: RefusalReason) -> None:
        self._webhook.add(reason)

    def update_set_aside(self, door: DoorName) -> None:
        self._aside.add(door)

    def flood_refused(self, kind: FloodKind) -> None:
        self._floods.add(kind)

    def due_work_done(self, kind: str, outcome: WorkOutcome) -> None:
        """Kinds that are not in `DueWork` are not counted at all, not even as others."""
        if kind in get_args(DueWork):
            self._work.add(kind, outcome)

    def alert_paths(self, failing: int) -> None:
        self._paths.set(failing)

    def watch(self, name: str, help: str, function: Callable[[], float]) -> None:
        """A gauge `sayso_NAME` that asks `function` at each scrape: a queue's length, say. It may run in any thread.

        Raises `ValueError` where the name is taken.
        """
        Gauge(f"sayso_{name}", help, registry=self._registry).set_function(lambda: _asked(function))

    def render(self) -> tuple[bytes, str]:
        """(the page, its content type)."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST


class _Counts:
    """A counter whose every labelled line is there from the start.

    A line that came with its first event would tell by its `_created` when that was, to the millisecond; and a rate
    over it would miss the first one.
    """

    def __init__(self, registry: CollectorRegistry, name: str, help: str, **words: Sequence[str]) -> None:
        self._words = tuple(words.values())
        counter = Counter(f"sayso_{name}", help, list(words), registry=registry)
        lines = product(*((*known, OTHER) for known in self._words))
        self._lines = {each: counter.labels(*each) for each in lines}

    def add(self, *said: str) -> None:
        line = self._lines.get(said)
        if line is None:
            pairs = zip(said, self._words, strict=True)
            line = self._lines[tuple(word if word in known else OTHER for word, known in pairs)]
        line.inc()


def _asked(function: Callable[[], float]) -> float:
    """What the function says, or no number: one gauge that fails must not take the whole page with it."""
    try:
        return function()
    except Exception:
        return nan
