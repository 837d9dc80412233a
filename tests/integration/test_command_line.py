"""`sayso` as people run it, in a process of its own: what it says, what it writes, and how it refuses."""

import csv
import io
import json
import os
import re
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli import main
from bot.demo.respondents import simulated_respondents
from bot.wiring import lead_keys, wire
from consultation.domain.consultation import Audience
from consultation.domain.due import day_in_london
from consultation.domain.ids import QuestionId
from consultation.storage import consultations
from consultation.storage.store import open_store
from consultation.surveys import template
from tests.builders import approve, arranged, settings_in


@dataclass(frozen=True)
class Done:
    """What a command said, and the code that it ended with."""

    code: int
    stdout: str
    stderr: str


class Shell:
    """Runs `sayso` as its entry point does, with an environment of the test's own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *arguments: str, **environment: str) -> Done:
        with self._monkeypatch.context() as patch:
            for name in [each for each in os.environ if each.startswith("SAYSO_")]:
                patch.delenv(name)
            for name, value in {"COLUMNS": "200", **environment}.items():
                patch.setenv(name, value)
            patch.setattr("sys.stdin", io.StringIO())
            with pytest.raises(SystemExit) as ended:
                main(list(arguments))
        said = self._capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    def refused(self, *arguments: str, **environment: str) -> str:
        """What it says on standard error when it refuses, which is exit code 2 and a sentence."""
        done = self(*arguments, **environment)
        assert done.code == 2, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return " ".join(done.stderr.split())


@pytest.fixture
def sayso(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(monkeypatch, capsys)


@pytest.fixture
def data(sayso: Shell, tmp_path: Path) -> Path:
    """A data folder with a lead's key and one open consultation."""
    folder = tmp_path / "data"
    where = ("--data", str(folder))
    assert sayso("migrate", *where).code == 0
    made = sayso(
        "safeguarding", "key", str(tmp_path / "lead.age"), *where, SAYSO_LEAD_PASSPHRASE="five words of the lead here"
    )
    assert made.code == 0, made.stderr
    approved_today(folder)
    opened = sayso(
        "open", "our-say", "--authority", "Ours", "--decided-by", "the board", "--purpose", "to learn.", *where
    )
    assert opened.code == 0, opened.stderr
    return folder


def approved_today(folder: Path) -> None:
    """As by 'sayso safeguarding sign-off', whose own test is in test_sign_off_command."""
    settings, now = settings_in(folder), datetime.now(UTC)
    store = open_store(settings.database_at)
    approve(store, lead_keys(settings), arranged(day_in_london(now)), now)
    store.close()


def test_a_chat_in_the_terminal_is_carried_on_by_its_name(sayso: Shell, data: Path) -> None:
    done = sayso("chat", "our-say", "--audience", "staff", "--data", str(data))
    assert "keep your answers" in done.stdout
    assert "Your place is kept" in done.stdout


def test_export_writes_every_file_even_of_nothing(sayso: Shell, data: Path, tmp_path: Path) -> None:
    done = sayso("export", "our-say", "--out", str(tmp_path / "out"), "--data", str(data))
    assert done.code == 0, done.stderr
    names = {each.name for each in (tmp_path / "out").iterdir()}
    assert names == {"chapter.docx", "chapter.html", "coded-answers.csv", "coded-answers.xlsx", "evidence.jsonl"}


def test_a_consultation_needs_a_lead_and_a_name_of_its_own(sayso: Shell, data: Path, tmp_path: Path) -> None:
    how = ("--authority", "Ours", "--decided-by", "the board", "--purpose", "to learn.")
    assert "already" in sayso.refused("open", "our-say", *how, "--data", str(data))
    sayso("migrate", "--data", str(tmp_path / "new"))
    assert "sayso safeguarding key" in sayso.refused("open", "our-say", *how, "--data", str(tmp_path / "new"))


def test_a_taken_port_is_a_sentence_with_another_port(sayso: Shell, data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = sayso.refused("serve", "--port", str(port), "--data", str(data))
    assert f"Port {port}" in said
    assert f"--port {port + 1}" in said


def test_a_bad_token_is_a_sentence_that_does_not_show_it(sayso: Shell, data: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    said = sayso.refused("serve", "--port", port, "--data", str(data), SAYSO_TELEGRAM_TOKEN="secretbutwrong")
    assert "SAYSO_TELEGRAM_TOKEN" in said
    assert "secretbutwrong" not in said


def test_no_database_and_no_such_consultation_are_sentences(sayso: Shell, data: Path, tmp_path: Path) -> None:
    assert "sayso migrate" in sayso.refused("chat", "--data", str(tmp_path / "nowhere"))
    assert "no consultation 'theirs'" in sayso.refused("export", "theirs", "--out", str(tmp_path), "--data", str(data))


def test_a_malformed_survey_is_named_by_file_and_line(sayso: Shell, tmp_path: Path) -> None:
    survey = tmp_path / "mine.yaml"
    survey.write_text("survey: mine\nversion: one\n", encoding="utf-8")
    assert "mine.yaml, line 2" in sayso.refused("check", str(survey))


PLACES = ("park", "bus stop", "river", "shops", "rec", "station", "flats", "school gate", "chippy", "canal")


def answers_file(tmp_path: Path, *rows: tuple[str, str, str]) -> Path:
    path = tmp_path / "answers.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("audience", "question", "text"), *rows])
    return path


def test_answers_from_elsewhere_are_redacted_screened_coded_and_accounted_for(sayso: Shell, tmp_path: Path) -> None:
    path = answers_file(
        tmp_path,
        ("young person", "safer", "more street lights by the park and someone to tell about the bullying"),
        ("young person", "good_worker", "Mrs Okonkwo always listened, call her on 07700 900123"),
        ("parent", "worries", "the waiting list for CAMHS is two years"),
        ("staff", "need", "n/a"),
        ("young person", "safer", "ive taken all the pills just now"),
        *[("young person", "safer", f"better street lights by the {place}") for place in PLACES],
    )
    out = tmp_path / "out"
    done = sayso("analyse", str(path), "--out", str(out), "--title", "Speak up", "--authority", "Ours")
    assert done.code == 0, done.stderr
    assert "15 answers" in done.stdout
    assert "6 (immediate)" in done.stdout  # the row as a spreadsheet numbers it
    written = b"".join(each.read_bytes() for each in out.iterdir() if each.suffix in {".csv", ".html", ".jsonl"})
    for identifying in (b"Okonkwo", b"07700", b"pills"):
        assert identifying not in written
    ref = json.loads((out / "evidence.jsonl").read_text(encoding="utf-8").splitlines()[0])["ref"]
    shown = sayso("evidence", ref, "--from", str(out))
    assert shown.code == 0
    assert ref in shown.stdout
    assert "no evidence 'SS-YP-bullying.0000'" in sayso.refused("evidence", "SS-YP-bullying.0000", "--from", str(out))


def test_a_bad_row_is_named_and_nothing_is_read(sayso: Shell, tmp_path: Path) -> None:
    path = answers_file(tmp_path, ("young person", "safer", "lights"), ("martian", "safer", "x"), ("staff", "", "y"))
    said = sayso.refused("analyse", str(path), "--out", str(tmp_path / "out"))
    assert "Row 3: audience 'martian'" in said
    assert "Row 4: the question is missing" in said
    assert not (tmp_path / "out").exists()


def test_evaluate_scores_judged_rows_and_predicts_the_others(sayso: Shell, tmp_path: Path) -> None:
    rows = [
        {
            "id": "a",
            "text": "i texted miss amadi on 07700 900456",
            "spans": [{"start": 14, "end": 19, "type": "PERSON"}],
        },
        {"id": "b", "text": "the park is nice", "spans": []},
        {"id": "c", "text": "my mate Tracey"},
    ]
    sample, found = tmp_path / "pii.jsonl", tmp_path / "out.jsonl"
    sample.write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")
    done = sayso("evaluate", "redaction", str(sample), "--json", "--predictions", str(found))
    assert done.code == 0, done.stderr
    assert json.loads(done.stdout)["n"] == 2
    assert [json.loads(line)["id"] for line in found.read_text(encoding="utf-8").splitlines()] == ["a", "b", "c"]
    sample.write_text('{"id": "a"}\n', encoding="utf-8")
    assert "pii.jsonl, line 1" in sayso.refused("evaluate", "redaction", str(sample))


def test_the_simulated_people_are_two_hundred_and_of_all_audiences() -> None:
    people = simulated_respondents()
    assert len(people) == len({each.id for each in people}) == 200
    assert {each.audience for each in people} == set(Audience)


HOW = ("--authority", "Ours", "--decided-by", "the board", "--purpose", "to learn.")


def test_reminders_go_by_the_term_dates_that_an_officer_names(sayso: Shell, data: Path, tmp_path: Path) -> None:
    how = ("--authority", "A", "--decided-by", "B", "--purpose", "to learn.", "--data", str(data))
    known = sayso("open", "known", *how, "--terms", "cambridgeshire")
    assert "outside of school hours in Cambridgeshire" in known.stdout, known.stderr
    assert "as on a school day: from 16:00 to 20:00" in sayso("open", "unknown", *how).stdout
    refused = sayso.refused("open", "atlantis", *how, "--terms", "atlantis")
    assert "atlantis: no term dates ship under this name. There are: cambridgeshire" in refused
    wrong = tmp_path / "terms.yaml"
    wrong.write_text("name: A\nsource: B\nterms:\n  - {first: 2026-09-03, last: 2026-09-01}\n")
    assert "terms.yaml, line 4: it ends on 2026-09-01" in sayso.refused("open", "wrong", *how, "--terms", str(wrong))


def test_what_cannot_be_opened_is_a_sentence(sayso: Shell, data: Path, tmp_path: Path) -> None:
    where = (*HOW, "--data", str(data))
    assert "can't stand in a link" in sayso.refused("open", "Our Say", *where)
    said = sayso.refused("open", "theirs", "--framework", "nowhere", *where)
    assert "no framework 'nowhere'" in said
    assert "cambridgeshire-2009-12" in said
    assert "gone.yaml: it cannot be read" in sayso.refused(
        "open", "theirs", "--survey", str(tmp_path / "gone.yaml"), *where
    )
    edited = tmp_path / "edited.yaml"
    edited.write_text(template("what-we-want").replace("how old are you", "what age are you"), encoding="utf-8")
    assert "raise 'version:' to 4" in sayso.refused("open", "theirs", "--survey", str(edited), *where)
    assert "--areas is for" in sayso.refused("open", "theirs", "--survey", str(edited), "--areas", "Town", *where)
    assert "No area is named" in sayso.refused("open", "theirs", "--areas", " , ", *where)


def test_what_is_not_translated_is_listed_and_opens_only_where_somebody_says_so(
    sayso: Shell, data: Path, tmp_path: Path
) -> None:
    where = (*HOW, "--data", str(data))
    mine = tmp_path / "mine.yaml"
    line = "  ur: جو لوگ آپ کے ساتھ"
    body = template("what-we-want").replace("survey: what-we-want", "survey: mine")
    mine.write_text("\n".join(each for each in body.split("\n") if not each.startswith(line)), encoding="utf-8")
    found = sayso("check", str(mine), "--missing").stdout
    assert "Urdu: 1 of its wordings is missing" in found
    assert re.search(r"line \d+, title: “What do you want", found)
    assert "Polish: none of its wordings are missing" in found
    survey = ("--survey", str(mine))
    assert "Urdu 1. 'sayso check FILE --missing'" in sayso.refused("open", "theirs", *survey, *where)
    facts = tmp_path / "facts.yaml"
    facts.write_text("klingon: {title: nuqneH}\n", encoding="utf-8")
    told = ("--translations", str(facts))
    assert "facts.yaml, line 1: 'klingon'" in sayso.refused("open", "theirs", *told, *survey, *where)
    facts.write_text("pl: {title: O nas, authority: My, purpose: żeby wiedzieć., decided_by: rada}\n", encoding="utf-8")
    opened = sayso("open", "theirs", *told, "--partly-translated", *survey, *where)
    assert opened.code == 0, opened.stderr
    assert "stand in English for those who choose Welsh, Romanian, Ukrainian, Urdu, Arabic." in opened.stdout


def test_a_consultation_offers_its_own_areas(sayso: Shell, data: Path) -> None:
    opened = sayso("open", "near-us", "--areas", "Town, North, South", *HOW, "--data", str(data))
    assert opened.code == 0, opened.stderr
    ours = wire(settings_in(data))
    with ours.store.read() as session:
        by_slug = {each.consultation.slug: each for each in consultations.waves(session)}
    offered = {
        slug: [each.label.in_("en") for each in ours.desk.survey_of(wave).question(QuestionId("area")).options]
        for slug, wave in by_slug.items()
    }
    ours.store.close()
    assert offered["near-us"] == ["Town", "North", "South", "Somewhere else", "I'd rather not say"]
    assert "Fenland" in offered["our-say"]


def test_a_demonstration_leaves_a_real_consultation_alone(sayso: Shell, data: Path, tmp_path: Path) -> None:
    assert sayso("open", "what-we-want", *HOW, "--data", str(data)).code == 0
    said = sayso.refused("demo", "--once", "--out", str(tmp_path / "out"), "--data", str(data))
    assert "is a real consultation" in said


@pytest.mark.parametrize(
    "command",
    [
        ("migrate",),
        ("staff-link", "officer"),
        ("demo", "--once"),
        ("export", "our-say", "--out", "out"),
        ("referral",),
    ],
)
def test_a_data_folder_that_cannot_be_is_a_sentence(sayso: Shell, tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    assert str(file) in sayso.refused(*command, "--data", str(file / "data"))
    assert "/proc/nobody" in sayso.refused(*command, "--data", "/proc/nobody/data")


def test_an_analysis_does_not_begin_where_it_could_not_be_written(sayso: Shell, tmp_path: Path) -> None:
    path = answers_file(tmp_path, ("staff", "need", "time"))
    assert "is a file, and a folder is needed" in sayso.refused("analyse", str(path), "--out", str(path))
    assert "is a file, and a folder is needed" in sayso.refused("analyse", str(path), "--out", str(path / "out"))
    assert "no framework 'x'" in sayso.refused("analyse", str(path), "--out", str(tmp_path / "out"), "--framework", "x")


def test_the_same_file_gives_the_same_exports_byte_for_byte(sayso: Shell, tmp_path: Path) -> None:
    rows = [("young person", "safer", f"better street lights by the {place}") for place in PLACES]
    path = answers_file(tmp_path, *rows, ("staff", "What did Mrs Okonkwo need?", "more time with each family"))
    for name in ("one", "two"):
        assert sayso("analyse", str(path), "--out", str(tmp_path / name)).code == 0
    first, second = ({each.name: each.read_bytes() for each in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert first == second
    assert len(first) == 5
    assert not any(b"Okonkwo" in content for content in first.values())


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OFFICER_CHATS", "me", "with commas between them, such as 123, 456"),
        ("SMTP", "mail.example.org:smtp", "host or host:port"),
        ("SMTP", "mail.example.org:99999", "host or host:port"),
        ("SMTP", "smtp://mail.example.org", "host or host:port"),
        ("PORT", "many", "integer"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(sayso: Shell, tmp_path: Path, name: str, value: str, said: str) -> None:
    heard = sayso.refused("migrate", "--data", str(tmp_path / "data"), **{f"SAYSO_{name}": value})
    assert f"SAYSO_{name} is not usable" in heard
    assert said in heard


@pytest.mark.parametrize("value", ["12,-13", "[12, -13]", " 12, -13 "])
def test_officers_chats_are_numbers_with_commas(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str) -> None:
    monkeypatch.setenv("SAYSO_OFFICER_CHATS", value)
    assert settings_in(tmp_path).officer_chats == [12, -13]
    monkeypatch.setenv("SAYSO_OFFICER_CHATS", "12")
    assert settings_in(tmp_path).officer_chats == [12]


def test_an_empty_setting_is_one_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    usual = settings_in(tmp_path / "data")
    for name in ("KEYS", "TELEGRAM_TOKEN", "OFFICER_TOKEN", "OFFICER_CHATS", "SMTP", "PORT"):
        monkeypatch.setenv(f"SAYSO_{name}", "")
    assert settings_in(tmp_path / "data") == usual
    assert usual.telegram_token is None
    assert settings_in(Path()).key_folder == Path.cwd().with_name(f"{Path.cwd().name}-keys")
    assert settings_in(tmp_path, smtp="mail.example.org:25").smtp == "mail.example.org:25"


def test_predictions_need_a_folder_before_anything_is_read(sayso: Shell, tmp_path: Path) -> None:
    sample = tmp_path / "rows.jsonl"
    sample.write_text('{"text": "my mate Tracey"}\n', encoding="utf-8")
    for target in (tmp_path / "gone" / "out.jsonl", tmp_path):
        said = sayso.refused("evaluate", "redaction", str(sample), "--predictions", str(target))
        assert "can't be written" in said
    assert "can't be read" in sayso.refused("evaluate", "redaction", str(tmp_path / "gone.jsonl"))


WRONG_ROWS = [
    ("coding", {"text": 1}, "text: input should be a valid string"),
    ("coding", {}, "text is missing"),
    ("coding", [], "must be one JSON object"),
    ("coding", {"text": "a", "id": ["a"]}, "id: "),
    ("coding", {"text": "a", "themes": [1]}, "themes[0]: input should be a valid string (found 1). Write a list"),
    ("coding", {"text": "a", "themes": [["bullying"]]}, "themes[0]: "),
    ("coding", {"text": "a", "outcomes": "safe"}, "outcomes: input should be a valid list"),
    ("coding", {"text": "a", "themes": ["bulying"]}, "The nearest is 'bullying'"),
    ("coding", {"text": "a", "outcomes": ["be_helthy"]}, "The nearest is 'be_healthy'"),
    ("coding", {"text": "a", "sentiment": "positve"}, "The nearest is 'positive'"),
    ("redaction", {"text": "abc", "spans": "PERSON"}, "spans: input should be a valid list"),
    ("redaction", {"text": "abc", "spans": [[0, 1]]}, "spans[0]: "),
    ("redaction", {"text": "abc", "spans": [{"start": 0, "type": "PERSON"}]}, "spans[0].end is missing"),
    ("redaction", {"text": "abc", "spans": [{"start": "0", "end": 1, "type": "PERSON"}]}, "spans[0].start: "),
    ("redaction", {"text": "abc", "spans": [{"start": -1, "end": 1, "type": "PERSON"}]}, "spans[0].start: "),
    ("redaction", {"text": "abc", "spans": [{"start": 2, "end": 1, "type": "PERSON"}]}, "ends at 1, and starts at 2"),
    ("redaction", {"text": "abc", "spans": [{"start": 2, "end": 9, "type": "PERSON"}]}, "the text has 3 characters"),
    ("redaction", {"text": "abc", "optional_spans": [{"start": 2, "end": 9, "type": "AGE"}]}, "a span ends at 9"),
    ("safeguarding", {"text": "abc", "concern": "yes"}, "concern: input should be a valid boolean"),
    ("safeguarding", {"text": "abc", "level": "imediate"}, "The nearest is 'immediate'"),
    ("safeguarding", {"text": "\ud800"}, "\\ud800 is half a character"),
]


@pytest.mark.parametrize(("what", "row", "said"), WRONG_ROWS)
def test_a_row_of_the_wrong_shape_is_named_with_its_line(
    sayso: Shell, tmp_path: Path, what: str, row: object, said: str
) -> None:
    sample = tmp_path / "rows.jsonl"
    sample.write_text(f'{{"text": "fine"}}\n{json.dumps(row)}\n', encoding="utf-8")
    heard = sayso.refused("evaluate", what, str(sample))
    assert "rows.jsonl, line 2: " in heard
    assert said in heard


@pytest.mark.parametrize("what", ["coding", "redaction", "safeguarding"])
def test_rows_that_nobody_judged_are_fine(sayso: Shell, tmp_path: Path, what: str) -> None:
    sample = tmp_path / "rows.jsonl"
    row = {"id": 7, "text": "one line\u2028and another", "themes": None, "concern": None, "sentiment": None, "round": 1}
    sample.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    done = sayso("evaluate", what, str(sample), "--json")
    assert done.code == 0, done.stderr
    assert json.loads(done.stdout)["n"] == 0


def test_a_workers_code_is_made_listed_and_ended(sayso: Shell, data: Path) -> None:
    where = ("session", "our-say", "--data", str(data))
    made = sayso(*where, "--audience", "young-person", "--place", "fenland", "--days", "2")
    assert re.search(r": [B-Z]{4}-[B-Z]{4}\n", made.stdout), made.stdout + made.stderr
    assert "/c/our-say/shared" in made.stdout
    listed = sayso(*where, "--list").stdout
    assert ": young-person, Fenland, until " in listed
    assert "Ended" in sayso(*where, "--end", listed.split(":")[0]).stdout
    assert sayso(*where, "--list").stdout == ""
    assert "no audience 'teenager'" in sayso.refused(*where, "--audience", "teenager")
    assert "elsewhere, fenland" in sayso.refused(*where, "--place", "atlantis")
    assert "no session '12345678'" in sayso.refused(*where, "--end", "12345678")
    assert [entry for entry in sayso("audit", "--data", str(data)).stdout.splitlines() if "shared devices" in entry]
