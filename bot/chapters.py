"""The chapter of a wave as it stands, for every door that shows or writes it, and the coding that it rests on."""

from collections.abc import Callable
from datetime import date

from analysis.codebook import Codebook, shipped_codebook
from analysis.coding import shipped_coder
from analysis.coding.suggestion import ExplainingCoder
from analysis.coding.teach import coder_if_usable, untaught_coder
from analysis.frameworks import load_framework
from analysis.operations.code_answers import code_answers
from analysis.operations.report_wave import Analysed, report_wave
from analysis.operations.take_records import answer_records
from analysis.storage import codebooks, coders
from analysis.storage.codings import read_by
from analysis.storage.tables import CoderVersionRow
from bot.sayso import Sayso
from consultation.domain.consultation import Wave
from consultation.locale import in_words
from consultation.operations.advance_figures import advance_figures
from consultation.operations.note_export import note_export
from consultation.operations.redacted_answers import redacted_answers, unread_answers


def codebook_of(sayso: Sayso, wave: Wave) -> Codebook:
    """What the wave's consultation is coded to."""
    with sayso.store.read() as session:
        return codebooks.in_use(session, wave.consultation.id) or shipped_codebook()


def coder_of(sayso: Sayso, wave: Wave) -> ExplainingCoder:
    """Who codes the wave: what learned from its consultation's corrections and was put to use, or the shipped coder."""
    if (taught := taught_of(sayso, wave)) is not None:
        return taught[1]
    with sayso.store.read() as session:
        codebook = codebooks.in_use(session, wave.consultation.id)
    if codebook is None or codebook.has_codes_of(shipped_codebook()):  # other words for the same codes change nothing
        return shipped_coder()
    return untaught_coder(codebook)


def taught_of(sayso: Sayso, wave: Wave) -> tuple[CoderVersionRow, ExplainingCoder] | None:
    """What learned from the consultation's corrections and is in use, as it is kept and as it codes. None also for what
    corrects a coder that no longer ships: soon it learns anew (`learn_where_due`)."""
    with sayso.store.read() as session:
        kept = coders.in_use(session, wave.consultation.id)
    coder = None if kept is None else coder_if_usable(kept, codebook_of(sayso, wave))
    return None if kept is None or coder is None else (kept, coder)


def code_what_is_new(sayso: Sayso, go_on: Callable[[], bool] = lambda: True, page: int = 500) -> int:
    """Have the machine code every answer it has not read, while it may `go_on`; returns how many. At most a `page`
    of them is in memory.

    What another process is coding just now is left to it: a report says how many answers are not coded yet.
    """
    coded = 0
    with sayso.store.database.only_one("coding") as mine:
        for wave in sayso.waves.all() if mine else ():
            if wave.answers_gone_on:
                continue
            coder = coder_of(sayso, wave)
            for unread in unread_answers(sayso.store, wave.id, read_by(coder.version), page):
                coded += code_answers(sayso.store, answer_records(unread), coder)
                if not go_on():
                    return coded
    return coded


class AnswersGone(Exception):
    """The answers were deleted, as the timetable said, so that nothing can be made of them any more."""

    def __init__(self, wave: Wave, on: date) -> None:
        super().__init__(
            f"The answers of '{wave.consultation.slug}' were deleted on {in_words(on)}, as its timetable said. "
            "What is left of it is what was exported or published before, its certificate, and the audit log."
        )


def analysed(sayso: Sayso, wave: Wave, *, everything: bool = False) -> Analysed:
    """Findings of what is coded so far; what is not counts as uncoded and the report says so.

    `everything` is for an analyst's own reading: published figures move on in steps (see `advance_figures`). Raises
    `AnswersGone`, from when their purge begins: figures that fall from batch to batch would give people away.
    """
    if wave.answers_gone_on:
        raise AnswersGone(wave, wave.answers_gone_on)
    codebook = codebook_of(sayso, wave)
    advance_figures(sayso.store, wave, sayso.desk.today())
    framework = load_framework(wave.consultation.framework)  # its outcomes may be retired, or of another codebook
    responses = redacted_answers(sayso.store, wave.id, counted_only=not everything)
    return report_wave(sayso.store, wave, sayso.desk.survey_of(wave), responses, codebook, framework)


def note_taken(sayso: Sayso, wave: Wave, *files: str, by: str) -> None:
    """Note that `by`, a role, takes these files away: before it is done, so that none is out without a note."""
    note_export(sayso.store, wave.consultation.slug, *files, by=by, at=sayso.desk.now())
