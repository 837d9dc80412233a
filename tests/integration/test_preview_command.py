"""`sayso preview` and what `sayso check` says of Easy Read: a draft played in a terminal, its paths, and refusals."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.terminal.preview import play_preview
from consultation.domain.consultation import Audience
from consultation.domain.ids import QuestionId
from consultation.surveys import template
from tests.integration.test_command_line import Shell, sayso
from tests.unit.consultation.operations.test_preview import trial

__all__ = ["sayso"]  # a fixture


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "places.yaml"
    path.write_text(template("every-kind"), encoding="utf-8")
    return str(path)


def played(*lines: str, audience: Audience = Audience.YOUNG_PERSON, locale: str = "en", at: str = "") -> str:
    """What somebody reads who types these lines."""
    typed: Iterator[str] = iter(lines)
    shown: list[str] = []

    def read(prompt: str) -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    play_preview(trial(), audience, locale, QuestionId(at) if at else None, read, shown.append)
    return "\n".join(shown)


def test_a_draft_is_talked_to_and_says_that_nothing_is_kept() -> None:
    text = played("13 to 15", "1", at="")
    assert text.startswith("Preview: nothing is kept.")
    assert text.endswith("Preview: nothing is kept.")
    assert "Which area do you live in?" in text


def test_one_goes_straight_to_any_question_before_and_in_the_talk() -> None:
    text = played("4", ">safer", "> no_such", at="listened")
    assert "How well do the people" in text
    assert "What would make you feel safer" in text
    assert "'no_such' is not asked of young_person" in text


def test_it_speaks_other_languages_and_easy_read() -> None:
    assert "Do workers listen to you?" in played(locale="en@easy", at="listened")
    polish = trial().survey.question(QuestionId("listened")).prompt.texts["pl"]
    assert polish in played(locale="pl", at="listened")


def test_names_are_hidden_and_danger_is_answered() -> None:
    text = played("Miss Ramsbottom had time for me", "my dad hits me when hes drunk", at="good_worker")
    assert "I took out a name" in text
    assert "999" in text
    assert "Ramsbottom" not in text


def test_the_command_plays_a_file_of_ones_own(sayso: Shell, file: str) -> None:
    done = sayso("preview", file, "--audience", "parent_carer", "--easy", "--at", "been_to")
    assert done.code == 0, done.stderr
    assert "Where did you go for fun" in done.stdout


def test_the_paths_are_listed_for_each_audience(sayso: Shell, file: str) -> None:
    done = sayso("preview", file, "--paths")
    assert "young_person: 18 questions" in done.stdout
    assert "parent_carer: " in done.stdout
    assert "Only if “How you get there” is “Bus” or “Train or tram”." in done.stdout
    assert "“No, I don't agree” ends the talk." in done.stdout
    assert "and the talk ends there" not in sayso("preview", file, "--paths", "--audience", "staff").stdout


def test_what_cannot_be_previewed_is_refused_with_a_way_on(sayso: Shell, file: str, tmp_path: Path) -> None:
    assert "asks nobody who answers as staff" in sayso.refused("preview", file, "--audience", "staff")
    assert "isn't offered in 'pl'" in sayso.refused("preview", file, "--language", "pl")
    assert "'nope' is not asked of young_person" in sayso.refused("preview", file, "--at", "nope")
    assert "Easy Read" in sayso.refused("preview", file, "--language", "en@easy")
    assert "no.yaml: it cannot be read" in sayso.refused("preview", str(tmp_path / "no.yaml"))
    broken = tmp_path / "broken.yaml"
    broken.write_text("survey: x\n")
    assert "broken.yaml, line 1" in sayso.refused("preview", str(broken))


def test_check_tells_of_easy_read_and_refuses_nothing_for_it(sayso: Shell, file: str) -> None:
    assert "Easy Read: nothing to mend." in sayso("check", file).stdout
    path = Path(file)
    path.write_text(path.read_text().replace("en@easy: How old are you?", "en@easy: You can't say three?"))
    done = sayso("check", file)
    assert done.code == 0
    assert "“can't” is short for two words. Write both." in done.stdout
    assert "perhaps" not in done.stdout
    assert "perhaps: line" in sayso("check", file, "--hints").stdout


def test_easy_read_is_in_english_alone(sayso: Shell, tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(template("what-we-want"), encoding="utf-8")
    assert "in English alone" in sayso.refused("preview", str(path), "--language", "pl", "--easy")
