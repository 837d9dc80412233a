"""The demonstration: simulated people go through the real conversation, and the same people give the same files."""

import csv
import io
from datetime import date
from pathlib import Path

from analysis.codebook import shipped_codebook
from analysis.operations.export_findings import export_findings
from bot.chapters import analysed, code_what_is_new
from bot.demo import play
from bot.demo.respondents import simulated_respondents
from tests.builders import settings_in

ON = date(2026, 11, 22)
EVERY = 12  # one in so many people, for the tests' own time


def made(folder: Path) -> tuple[play.Demo, dict[str, bytes]]:
    demo = play.make_demo(settings_in(folder), ON)
    people = simulated_respondents()[::EVERY]
    assert play.play_respondents(demo, people) == len(people)
    code_what_is_new(demo.sayso)
    play.clear_quotations(demo, people, ON)
    return demo, export_findings(analysed(demo.sayso, demo.wave, shipped_codebook()))


def test_the_same_answers_give_the_same_exports_byte_for_byte(tmp_path: Path) -> None:
    _, first = made(tmp_path / "one")
    _, second = made(tmp_path / "two")
    assert first == second
    assert first["chapter.docx"].startswith(b"PK")


def test_every_response_is_recorded_as_simulated_and_every_export_says_so(tmp_path: Path) -> None:
    demo, files = made(tmp_path / "data")
    responses = play.stored_responses(demo)
    assert len(responses) == len(simulated_respondents()[::EVERY])
    assert {each.channel for each in responses} == {"simulation"}
    assert b"Simulated data" in files["chapter.html"]
    rows = csv.DictReader(io.StringIO(files["coded-answers.csv"].decode("utf-8-sig")))
    marks = {row["handling"] for row in rows}
    assert len(marks) == 1
    assert "Simulated data" in marks.pop()


def test_playing_again_adds_nobody(tmp_path: Path) -> None:
    demo, _ = made(tmp_path / "data")
    again = play.make_demo(settings_in(tmp_path / "data"), ON)
    play.play_respondents(again, simulated_respondents()[::EVERY])
    assert play.stored_responses(again) == play.stored_responses(demo)
    assert again.wave == demo.wave
