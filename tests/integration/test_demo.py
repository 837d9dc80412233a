"""The demonstration: simulated people go through the real conversation, and the same people give the same files."""

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from analysis.operations.export_findings import export_findings
from bot.chapters import analysed, code_what_is_new
from bot.demo import play
from bot.demo.respondents import simulated_respondents
from consultation.domain.concern import Concern
from consultation.operations.open_wave import NotReady, open_wave
from consultation.operations.redacted_answers import redacted_answers
from consultation.operations.sign_off import arrangements_now
from consultation.storage import sign_offs
from consultation.surveys import template
from tests.builders import TODAY, commission, open_consultation, settings_in

ON = date(2026, 11, 22)
EVERY = 12  # one in so many people, for the tests' own time


def made(folder: Path) -> tuple[play.Demo, dict[str, bytes]]:
    demo = play.make_demo(settings_in(folder), ON)
    people = simulated_respondents()[::EVERY]
    assert play.play_respondents(demo, people) == len(people)
    code_what_is_new(demo.sayso)
    play.clear_quotations(demo, people, ON)
    return demo, export_findings(analysed(demo.sayso, demo.wave))


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


def test_it_is_signed_by_its_own_key_and_names_nobody_to_be_told(tmp_path: Path) -> None:
    demo, _ = made(tmp_path / "data")
    play.make_demo(settings_in(tmp_path / "data"), ON)
    with demo.sayso.store.read() as session:
        row = sign_offs.newest(session)
        assert arrangements_now(session).ladder() == ()
    assert row is not None
    assert (row.number, row.parts["simulated"]) == (1, True)
    assert "SIMULATED" in row.body
    assert demo.sayso.desk.arrangements().ladder() == ()
    with pytest.raises(NotReady, match="is a demonstration's"):
        open_wave(demo.sayso.desk, demo.sayso.keys, commission("real"), template("what-we-want"))


def test_playing_again_adds_nobody(tmp_path: Path) -> None:
    demo, _ = made(tmp_path / "data")
    again = play.make_demo(settings_in(tmp_path / "data"), ON)
    play.play_respondents(again, simulated_respondents()[::EVERY])
    assert play.stored_responses(again) == play.stored_responses(demo)
    assert again.wave == demo.wave


def test_a_demonstration_that_was_cut_short_is_taken_up_again(tmp_path: Path) -> None:
    people = simulated_respondents()[::40]
    first = play.make_demo(settings_in(tmp_path / "cut"), ON)
    play.play_respondents(first, people[:2])
    with pytest.raises(KeyboardInterrupt):
        play.play_respondents(killed_after(first, screened=2), people)
    taken_up = play.make_demo(settings_in(tmp_path / "cut"), ON)
    assert len(play.stored_responses(taken_up)) == 3  # two whole, and one who was in the middle
    play.play_respondents(taken_up, people)
    whole = play.make_demo(settings_in(tmp_path / "whole"), ON)
    play.play_respondents(whole, people)
    assert play.stored_responses(taken_up) == play.stored_responses(whole)
    assert len(play.stored_responses(whole)) == len(people)
    assert all(each.finished for each in play.stored_responses(taken_up))


def killed_after(demo: play.Demo, screened: int) -> play.Demo:
    """The same demonstration, stopped by its keyboard after so many texts."""
    real, seen = demo.sayso.desk.screen, []

    def screen(text: str) -> Concern:
        seen.append(text)
        if len(seen) > screened:
            raise KeyboardInterrupt
        return real(text)

    return replace(demo, sayso=replace(demo.sayso, desk=replace(demo.sayso.desk, screen=screen)))


def test_nobody_invented_answers_a_real_consultation(tmp_path: Path) -> None:
    real = open_consultation(tmp_path / "data", slug=play.SLUG)
    with pytest.raises(play.NotADemonstration, match="is a real consultation"):
        play.make_demo(settings_in(tmp_path / "data"), TODAY)
    assert redacted_answers(real.sayso.store, real.wave.id) == []
    real.sayso.store.close()
