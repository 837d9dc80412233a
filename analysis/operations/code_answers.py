"""Have the machine code what it has not read yet. What people decided before stays as it is."""

from collections.abc import Callable, Sequence

from analysis.coding.order import doubt
from analysis.coding.suggestion import Coder
from analysis.records import AnswerRecord
from analysis.storage import codings
from analysis.storage.database import Database

BATCH = 50  # answers between two commits, so that a killed run loses little


def code_answers(
    database: Database,
    answers: Sequence[AnswerRecord],
    coder: Coder,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Code every answer that this version of the coder has not read; returns how many. Withheld ones have no words.

    What is withdrawn meanwhile is neither coded nor counted, and the others are coded all the same.
    """
    coded = 0
    for start in range(0, len(answers), BATCH):
        batch = answers[start : start + BATCH]
        with database.read() as session:
            known = codings.among_read(session, coder.version, [each.answer_id for each in batch])
        suggestions = coder.code([each for each in batch if not each.withheld and each.answer_id not in known])
        read = {
            each.answer_id: codings.Read(each.uncoded or "", float(doubt(list(each.confidences.values()))))
            for each in suggestions
        }
        with database.write() as session:
            coded += codings.replace_suggestions(
                session, coder.version, read, [coding for each in suggestions for coding in each.codings]
            )
        progress(start + len(batch))
    return coded
