"""When a consultation's coder learns from what people corrected, and what may be accepted from it without a look.

Knows the answers only as `chapters` do, and no page.
"""

from collections.abc import Callable, Iterable

from analysis.codebook import shipped_codebook
from analysis.coding.safe import Band, band_from, shipped_band
from analysis.operations.learn import Lessons, forget_examples, forget_the_unreadable, forget_the_withdrawn, learn
from analysis.operations.take_records import answer_records
from analysis.storage import codebooks, coders
from analysis.storage.lessons import Judged, count_reviewed, judged
from bot.chapters import codebook_of, coder_of, taught_of
from bot.sayso import Sayso
from consultation.domain.consultation import Wave
from consultation.operations.redacted_answers import redacted_answer, told_in

# New reviews before a coder learns again: what an analyst does in some minutes, so that they see it learn, and enough
# to change what it knows of two or three codes.
AFTER = 10


def learn_where_due(sayso: Sayso, asked: str = "", go_on: Callable[[], bool] = lambda: True) -> int:
    """Have the coders learn of whose consultations enough was reviewed since the last time, or of the consultation that
    was `asked` for; returns how many new versions are in use. Coders that hold what was withdrawn are forgotten, and so
    are those that correct a coder which no longer ships, and examples once all answers are gone."""
    used = 0
    for consultation, waves in _waves(sayso).items():
        forgot = forget_the_withdrawn(sayso.store, consultation)
        forgot |= forget_the_unreadable(sayso.store, consultation, codebook_of(sayso, waves[0]))
        open_waves = [each for each in waves if not each.answers_gone_on]
        if not open_waves:
            forget_examples(sayso.store, consultation)
        elif forgot or consultation == asked or _is_due(sayso, consultation, open_waves):
            used += learn(sayso.store, _lessons(sayso, open_waves))
        if not go_on():
            break
    return used


def band_of(sayso: Sayso, wave: Wave) -> tuple[Band | None, bool]:
    """The band of the coder in use, and whether it was measured on this consultation's own answers; else it is that of
    the coder that ships, on our own corpus."""
    taught = taught_of(sayso, wave)
    own = band_from(taught[0].figures.get("band")) if taught else None
    if own is not None:
        return own, True
    return (shipped_band() if codebook_of(sayso, wave).id == shipped_codebook().id else None), False


def _waves(sayso: Sayso) -> dict[str, list[Wave]]:
    found: dict[str, list[Wave]] = {}
    for wave in sayso.waves.all():
        found.setdefault(wave.consultation.id, []).append(wave)
    return found


def _is_due(sayso: Sayso, consultation: str, waves: Iterable[Wave]) -> bool:
    """Enough was reviewed, examples came or went, or what had learned was of other codes."""
    codebook = codebook_of(sayso, next(iter(waves)))
    with sayso.store.read() as session:
        last = next(iter(coders.versions(session, consultation)), None)
        reviewed = sum(count_reviewed(session, told_in(each.id)) for each in waves)
        examples = len(codebooks.examples(session, consultation))
        if last is None:
            return reviewed >= AFTER or examples > 0
        is_other = (last.codebook, last.codebook_version) != (codebook.id, codebook.version)
        unused = is_other and coders.in_use(session, consultation) is None
        return unused or examples != last.figures["examples"] or reviewed - last.figures["reviewed"] >= AFTER


def _lessons(sayso: Sayso, waves: list[Wave]) -> Lessons:
    consultation = waves[0].consultation
    made: dict[str, Judged] = {}
    records = []
    for wave in waves:
        with sayso.store.read() as session:
            here = judged(session, told_in(wave.id))
        found = (redacted_answer(sayso.store, wave.id, each) for each in sorted(here))
        records += answer_records([each for each in found if each is not None])
        made |= here
    with sayso.store.read() as session:
        examples = codebooks.examples(session, consultation.id)
        versions = codebooks.codes_of_versions(session, consultation.id)
    return Lessons(
        consultation=consultation.id,
        slug=consultation.slug,
        codebook=codebook_of(sayso, waves[0]),
        before=coder_of(sayso, waves[0]),
        records=records,
        judged=made,
        versions=versions,
        examples=examples,
        at=sayso.desk.now(),
        on=sayso.desk.today(),
    )
