"""The chapter of a wave as it stands, for every door that shows or writes it, and the coding that it rests on."""

from collections.abc import Callable

from analysis.codebook import Codebook
from analysis.coding import shipped_coder
from analysis.frameworks import load_framework
from analysis.operations.code_answers import code_answers
from analysis.operations.report_wave import Analysed, report_wave
from analysis.operations.take_records import answer_records
from analysis.storage.codings import read_by
from bot.sayso import Sayso
from consultation.domain.consultation import Wave
from consultation.operations.advance_figures import advance_figures
from consultation.operations.redacted_answers import redacted_answers, unread_answers


def code_what_is_new(sayso: Sayso, go_on: Callable[[], bool] = lambda: True, page: int = 500) -> int:
    """Have the machine code every answer it has not read, while it may `go_on`; returns how many. At most a `page`
    of them is in memory.

    What another process is coding just now is left to it: a report says how many answers are not coded yet.
    """
    coder, coded = shipped_coder(), 0
    with sayso.store.database.only_one("coding") as mine:
        for unread in unread_answers(sayso.store, read_by(coder.version), page) if mine else ():
            coded += code_answers(sayso.store, answer_records(unread), coder)
            if not go_on():
                break
    return coded


def analysed(sayso: Sayso, wave: Wave, codebook: Codebook, *, everything: bool = False) -> Analysed:
    """Findings of what is coded so far; what is not counts as uncoded and the report says so.

    `everything` is for an analyst's own reading: published figures move on in steps (see `advance_figures`).
    """
    advance_figures(sayso.store, wave, sayso.desk.today())
    framework = load_framework(wave.consultation.framework, codebook.outcome_ids)
    responses = redacted_answers(sayso.store, wave.id, counted_only=not everything)
    return report_wave(sayso.store, wave, sayso.desk.survey_of(wave), responses, codebook, framework)
