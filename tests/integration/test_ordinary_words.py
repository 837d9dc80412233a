"""The whole screen, head included, over what the people of the transcripts say: danger is heard, chatter is not."""

from consultation.domain.concern import Level
from consultation.domain.wording import PLAIN
from consultation.flow.typed import typed_command
from tests.builders import real_screen
from tests.transcripts.transcript import transcripts

GRAVE = {
    "danger-right-now": Level.IMMEDIATE,
    "worrying-words-then-carries-on": Level.SUPPORT,
    "a-name-among-worrying-words": Level.SUPPORT,
    "delete-after-worrying-words": Level.SUPPORT,
}
MOST_FALSE_ALARMS = 0.05


def texts(*, grave: bool) -> set[tuple[str, str]]:
    """What is typed, with the transcript where it is. Commands are left out: HELP is a call for help."""
    return {
        (turn.words, name)
        for name, transcript in transcripts().items()
        if (name in GRAVE if grave else not transcript.sealed)
        for turn in transcript.turns
        if turn.words.strip() and len(turn.words) < 1_000 and typed_command(turn.words, PLAIN) is None
    }


def test_what_is_grave_is_heard_at_its_level_or_above() -> None:
    heard = [(name, real_screen()(text).level) for text, name in texts(grave=True)]
    assert {name for name, _ in heard} == set(GRAVE)
    for name in GRAVE:
        assert max(level.rank for each, level in heard if each == name) >= GRAVE[name].rank, name


def test_ordinary_words_worry_nobody() -> None:
    said = {text for text, _ in texts(grave=False)}
    assert len(said) > 40
    worried = {text: real_screen()(text).level.value for text in said if real_screen()(text).level is not Level.NONE}
    assert len(worried) / len(said) <= MOST_FALSE_ALARMS, worried
