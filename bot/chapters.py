"""The chapter of a wave as it stands, for every door that shows or writes it."""

from analysis.codebook import Codebook
from analysis.frameworks import load_framework
from analysis.operations.report_wave import Analysed, report_wave
from bot.wiring import Sayso
from consultation.domain.consultation import Wave
from consultation.operations.redacted_answers import redacted_answers


def analysed(sayso: Sayso, wave: Wave, codebook: Codebook) -> Analysed:
    """Findings of what is coded so far; what is not counts as uncoded and the report says so."""
    framework = load_framework(wave.consultation.framework, codebook.outcome_ids)
    responses = redacted_answers(sayso.store, wave.id)
    return report_wave(sayso.store, wave, sayso.desk.survey_of(wave), responses, codebook, framework)
