"""A machine whose proposals a test knows beforehand: it looks for words. The real coder says why, when it is asked."""

from collections.abc import Iterator, Sequence

from analysis.coding.suggestion import Suggestion
from analysis.operations.code_answers import code_answers
from analysis.operations.take_records import answer_records
from analysis.records import AnswerRecord, Coding, Facet
from bot.chapters import coder_of
from consultation.domain.consultation import Audience
from consultation.operations.redacted_answers import redacted_answers
from tests.builders import Opened, Person

POINTS_TO = {"listen": ("listening", 0.9), "judge": ("respect", 0.6), "bus": ("transport", 0.4)}


class Proposing:
    """A coder that goes by words, under the version of the one in use, so that nothing is read again."""

    def __init__(self, version: str) -> None:
        self.version = version

    def code(self, records: Sequence[AnswerRecord]) -> list[Suggestion]:
        return [self._one(each, tuple(self._codings(each))) for each in records]

    def _one(self, record: AnswerRecord, codings: tuple[Coding, ...]) -> Suggestion:
        unsure = {each.code: each.confidence for each in codings}
        return Suggestion(record.answer_id, codings, None if codings else "No word says anything.", unsure)

    def _codings(self, record: AnswerRecord) -> Iterator[Coding]:
        for word, (code, sure) in POINTS_TO.items():
            at = record.text.find(word)
            if at >= 0:
                yield Coding(record.answer_id, Facet.THEME, code, at, at + len(word), sure, "a word", self.version)
        if "listen" in record.text:
            yield Coding(record.answer_id, Facet.SENTIMENT, "positive", 0, 3, 0.8, "a word", self.version)


def young_people_say(opened: Opened, *said: str) -> None:
    """Each text by somebody of their own; the machine has read them all."""
    for number, words in enumerate(said):
        person = Person(opened, f"young person {number}")
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("good_worker")
        person.types(words)
    store = opened.sayso.store
    records = answer_records(redacted_answers(store, opened.wave.id))
    assert code_answers(store, records, Proposing(coder_of(opened.sayso, opened.wave).version)) == len(said)
