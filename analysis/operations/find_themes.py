"""Look for themes that the codebook misses, and keep them for a person to judge. Decides nothing."""

from collections.abc import Callable, Sequence
from datetime import date

from analysis.codebook import Codebook
from analysis.records import AnswerRecord
from analysis.storage import candidates, codings
from analysis.storage.database import Database
from analysis.themes.cluster import find_candidates
from consultation.encoder import Encoder


def find_themes(
    database: Database,
    consultation: str,
    answers: Sequence[AnswerRecord],
    codebook: Codebook,
    encoder: Encoder,
    *,
    on: date,
    new_id: Callable[[], str],
) -> int:
    """How many candidates are open afterwards. What was found before and is still undecided is found anew; a group
    that somebody dismissed, adopted or merged is not offered again. Answers withdrawn meanwhile are let go."""
    with database.read() as session:
        coded = codings.codings_of(session, [each.answer_id for each in answers])
        before = candidates.all_of(session, consultation)
        settled = [list(each.answers) for each in before if each.row.state != "open"]
    found = find_candidates(answers, coded, codebook, encoder, settled)
    with database.write() as session:
        return candidates.offer(session, consultation, found, on=on, new_id=new_id)
