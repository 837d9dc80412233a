"""When themes that a consultation's codebook misses are looked for. Knows answers as `chapters` do, and no page."""

from collections.abc import Callable
from datetime import timedelta

from analysis.operations.find_themes import find_themes
from analysis.operations.take_records import answer_records
from bot.chapters import codebook_of
from bot.sayso import Sayso
from consultation.domain.consultation import Wave
from consultation.encoder import MiniLM
from consultation.operations.redacted_answers import redacted_answers

NEW = timedelta(days=1)  # answers keep no time


def look_for_themes(sayso: Sayso, wave: Wave) -> int:
    """In what is coded by now; returns how many candidates are open. Takes seconds for a thousand answers."""
    answers = answer_records(redacted_answers(sayso.store, wave.id))
    return find_themes(
        sayso.store, wave.consultation.id, answers, codebook_of(sayso, wave), MiniLM(), on=sayso.desk.today(),
        new_id=sayso.desk.new_id,
    )  # fmt: skip


def look_where_new(sayso: Sayso, go_on: Callable[[], bool] = lambda: True) -> int:
    """In every consultation that was answered since the day before; returns how many candidates are open there."""
    since, found = sayso.desk.today() - NEW, 0
    for wave in sayso.waves.all():
        if wave.answers_gone_on or not go_on():
            continue
        told = answer_records(redacted_answers(sayso.store, wave.id))
        if any(each.answered_on and each.answered_on >= since for each in told):
            found += look_for_themes(sayso, wave)
    return found
