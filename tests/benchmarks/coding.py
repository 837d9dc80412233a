"""Answers coded with all that an analyst sees of it, beside one pass of plain MiniLM-int8 over the same texts."""

import time
from collections.abc import Callable, Iterator

from analysis.coding import shipped_coder
from analysis.coding.exemplars import read_exemplars
from analysis.coding.reading import side_by_side
from analysis.records import AnswerRecord
from consultation.encoder import MiniLM
from tests.benchmarks.figures import Line, Speed, compared

ANSWERS = 400
TARGET = 1.0


def measure(rounds: int) -> Iterator[Line]:
    rows = read_exemplars()
    some = rows[:: len(rows) // ANSWERS][:ANSWERS]
    records = [AnswerRecord(str(at), "", row.audience, row.question, row.text) for at, row in enumerate(some)]
    coder, plain = shipped_coder(), MiniLM()

    def code() -> None:
        coder.code(records)

    def read() -> None:
        side_by_side(plain.tokens, [row.text for row in some])

    for each in (code, read):
        each()
    pairs = [(_speed(code), _speed(read)) for _ in range(rounds)]
    yield compared("g. answers coded: read once by plain MiniLM-int8", pairs, "answers/s", TARGET)


def _speed(work: Callable[[], None]) -> Speed:
    begun, computed = time.perf_counter(), time.process_time()
    work()
    return Speed(ANSWERS / (time.perf_counter() - begun), (time.process_time() - computed) / ANSWERS * 1e6)
