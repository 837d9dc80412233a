"""What is kept until when: told, changed, forecast, and deleted everywhere once its time is over; on both databases."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, func, text
from sqlmodel import SQLModel, select

from analysis.findings.suppression import shown
from analysis.storage.tables import ClearanceRow, CodedRow, CoderVersionRow, DecisionRow, ExampleRow, SuggestionRow
from bot.chapters import AnswersGone, analysed
from bot.learning import learn_where_due
from bot.scheduler import light_operations
from bot.web.security import Role
from consultation.domain.consultation import Audience
from consultation.domain.due import Kind
from consultation.domain.retention import USUAL, Kept
from consultation.flow.events import Command
from consultation.operations import purge as purging
from consultation.operations.messages import not_taking
from consultation.operations.open_wave import open_wave
from consultation.operations.purge import purge
from consultation.operations.timetable import NotChanged, change_timetable, timetable
from consultation.storage import audit, consultations
from consultation.storage.store import Store, open_store
from consultation.storage.tables import (
    AnswerRow,
    CarryOverRow,
    ConcernRow,
    ConversationRow,
    DueRow,
    ReminderRow,
    ResponseRow,
)
from consultation.surveys import template
from tests.builders import SURVEY, Opened, Person, commission, ids_from, open_consultation
from tests.contracts.databases import as_setting, cluster, kind, on_sqlite, place, until
from tests.integration.test_command_line import Shell, sayso
from tests.web.test_staff import staff

__all__ = ["cluster", "kind", "place", "sayso"]  # fixtures

CLOSES = date(2027, 1, 31)
LAST_DAY = CLOSES + timedelta(days=USUAL[Kept.ANSWERS])
DAY = timedelta(days=1)
MANY = purging.SOME_RESPONSES * 2 + 30


def night_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


NIGHT = night_of(LAST_DAY + DAY)


@pytest.fixture
def here(place: Path | URL, tmp_path: Path) -> Iterator[Opened]:
    folder = place.parent if isinstance(place, Path) else tmp_path / "data"
    made = open_consultation(folder, database_url=as_setting(place))
    yield made
    made.sayso.store.close()


def fill(store: Store, wave: str, count: int, seed: int = 3) -> None:
    """Responses with two answers each, one of them read, coded, decided on and cleared."""
    new_id, on = ids_from(seed), CLOSES
    usual: dict[str, Any] = {"wave_id": wave, "audience": "staff", "channel": "web", "locale": "en"}
    usual |= {"consent_wording": "x", "consented_on": on, "finished": True, "counted": True}
    responses = [ResponseRow(id=new_id(), **usual) for _ in range(count)]
    told: dict[str, Any] = {"question": "need", "kind": "Told", "text": "marmalade", "answered_on": on}
    chose: dict[str, Any] = {"question": "area", "kind": "Chose", "value": ["fenland"], "answered_on": on}
    texts = [AnswerRow(id=new_id(), response_id=each.id, **told) for each in responses]
    choices = [AnswerRow(id=new_id(), response_id=each.id, **chose) for each in responses]
    code: dict[str, Any] = {"facet": "theme", "code": "bullying"}
    made: dict[str, Any] = code | {"start": 0, "end": 1, "confidence": 1, "reason": "", "coder": "c"}
    decided: dict[str, Any] = code | {"verdict": "confirmed", "decided_by": "a", "decided_on": on}
    with store.write() as session:
        session.add_all(responses)
        session.flush()
        session.add_all([*texts, *choices])
        session.flush()
        for each in texts:
            of: dict[str, Any] = {"answer_id": each.id}
            session.add_all([CodedRow(coder="c", **of), SuggestionRow(**of, **made), DecisionRow(**of, **decided)])
            session.add(ClearanceRow(cleared_by="a", cleared_on=on, **of))


HANGING = (ResponseRow, AnswerRow, CodedRow, SuggestionRow, DecisionRow, ClearanceRow)


def left(store: Store) -> list[int]:
    with store.read() as session:
        return [session.exec(select(func.count()).select_from(each)).one() for each in HANGING]


def acts(store: Store) -> list[tuple[str, str, dict[str, Any]]]:
    """What was done since it was signed off."""
    with store.read() as session:
        signed, *rows = audit.entries(session)
        assert signed.act == "signed off the arrangements"
        assert audit.first_broken([signed, *rows]) is None
        return [(row.act, row.subject, row.details) for row in rows]


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.read() as session:
        tables = [*SQLModel.metadata.sorted_tables]
        return {each.name: sorted(map(tuple, session.execute(each.select())), key=repr) for each in tables}


# -- the timetable ------------------------------------------------------------------------------------------------


def test_a_consultation_opens_with_a_timetable_that_people_are_told(here: Opened) -> None:
    (answers, concerns) = timetable(here.sayso.store, CLOSES, shown)
    assert (answers.holding.what, answers.holding.until) == (Kept.ANSWERS, LAST_DAY)
    assert concerns.holding.until == CLOSES + timedelta(days=9_131)
    assert concerns.holding.until >= date(2052, 1, 1), "a baby of that day would not be twenty-five yet"
    person = Person(here, "c")
    person.begins(Audience.YOUNG_PERSON)
    told = " ".join(each.text for each in person.taps("13 to 15"))
    assert "kept until 30 January 2029 and then deleted" in told, "nobody is told before they agree"
    assert "kept until 30 January 2029" in person.commands(Command.PRIVACY)[0].text
    person.commands(Command.EASY)
    assert "We keep them until 30 January 2029. Then we delete them." in person.commands(Command.PRIVACY)[0].text


def test_an_officer_chooses_another_time_when_it_opens(here: Opened) -> None:
    desk, keys = here.sayso.desk, here.sayso.keys
    wave = open_wave(desk, keys, commission("briefly", answers_kept=10), template(SURVEY))
    with here.sayso.store.read() as session:
        assert consultations.wave_by_slug(session, "briefly") == wave
    assert wave.answers_until == CLOSES + 10 * DAY


def test_a_change_is_made_once_and_noted_with_what_was_before(here: Opened) -> None:
    store = here.sayso.store
    for _ in range(2):
        change_timetable(store, "have-your-say", {Kept.ANSWERS: 365, Kept.CONCERNS: 9_131}, NIGHT, by="operator")
    assert timetable(store, CLOSES, shown)[0].holding.until == CLOSES + 365 * DAY
    noted = ("changed how long it is kept", "have-your-say: answers", {"days_before": 730, "days": 365})
    assert acts(store) == [noted]
    with pytest.raises(NotChanged, match="There is no consultation 'elsewhere' here"):
        change_timetable(store, "elsewhere", {Kept.ANSWERS: 1}, NIGHT, by="operator")
    with pytest.raises(NotChanged, match="from 1 to 36,525"):
        change_timetable(store, "have-your-say", {Kept.ANSWERS: 0}, NIGHT, by="operator")
    assert acts(store) == [noted]


def test_consultations_of_before_there_were_timetables_have_the_usual_one(here: Opened) -> None:
    store = here.sayso.store
    with store.write() as session:
        session.execute(text("DELETE FROM retention"))
    assert timetable(store, CLOSES, shown)[0].holding.until == LAST_DAY
    fill(store, here.wave.id, 3)
    purge(store, NIGHT, shown)
    assert left(store) == [0] * 6


# -- purging ------------------------------------------------------------------------------------------------------


def test_on_the_last_day_everything_is_there_and_the_night_after_nothing(here: Opened) -> None:
    store = here.sayso.store
    other = open_wave(here.sayso.desk, here.sayso.keys, commission("longer", answers_kept=999), template(SURVEY))
    fill(store, here.wave.id, MANY)
    fill(store, other.id, 5, seed=4)
    purge(store, night_of(LAST_DAY), shown)
    assert left(store) == [MANY + 5, 2 * (MANY + 5)] + [MANY + 5] * 4
    for _ in range(2):  # and twice is once
        assert purge(store, NIGHT, shown) == NIGHT + DAY
        assert left(store) == [5, 10, 5, 5, 5, 5]
    kept_until = {"kept_until": LAST_DAY.isoformat()}
    assert acts(store) == [
        ("began to delete", "have-your-say: answers", kept_until | {"responses": 430}),
        ("deleted", "have-your-say: answers", kept_until),
    ]
    with store.read() as session:
        wave, rest = (consultations.wave_by_slug(session, slug) for slug in ("have-your-say", "longer"))
    assert wave is not None
    assert rest is not None
    assert (wave.answers_gone_on, rest.answers_gone_on) == (LAST_DAY + DAY, None)


def test_examples_from_elsewhere_go_once_all_answers_are_gone(here: Opened) -> None:
    """And the coders that learned from them."""
    store = here.sayso.store
    fill(store, here.wave.id, 3)
    with store.write() as session:
        session.add(ExampleRow(
            consultation_id=here.wave.consultation.id, id="1", text="t", audience="", question="", source="s"
        ))  # fmt: skip
        session.add(CoderVersionRow(
            version="v1", consultation_id=here.wave.consultation.id, number=1, codebook="c", codebook_version=1,
            head=b"t", learnt_from=0, figures={"examples": 1, "reviewed": 0}, made_on=LAST_DAY, made_by="sayso",
        ))  # fmt: skip
    purge(store, NIGHT - DAY, shown)
    assert kept_to_learn(store) == (1, 1)
    purge(store, NIGHT, shown)
    learn_where_due(here.sayso)
    assert kept_to_learn(store) == (0, 0)


def kept_to_learn(store: Store) -> tuple[int, ...]:
    with store.read() as session:
        tables = ExampleRow, CoderVersionRow
        return tuple(session.exec(select(func.count()).select_from(each)).one() for each in tables)


def test_a_few_are_noted_as_a_few(here: Opened) -> None:
    fill(here.sayso.store, here.wave.id, 3)
    purge(here.sayso.store, NIGHT, shown)
    assert acts(here.sayso.store)[0][2]["responses"] is None


def test_what_a_close_that_never_ended_left_goes_too(here: Opened) -> None:
    Person(here, "c").begins(Audience.STAFF)
    wave = {"wave_id": here.wave.id}
    with here.sayso.store.write() as session:
        session.add(ReminderRow(id="a", address="sealed", due_on=LAST_DAY, **wave))
        session.add(CarryOverRow(mark="b", talk="sealed", good_until=NIGHT, **wave))
    purge(here.sayso.store, NIGHT, shown)
    with here.sayso.store.read() as session:
        left_over = [session.exec(select(each)).all() for each in (ConversationRow, ReminderRow, CarryOverRow)]
    assert left_over == [[], [], []]


def test_due_work_purges_and_plans_the_wiping_at_once(here: Opened) -> None:
    fill(here.sayso.store, here.wave.id, 3)
    light_operations(here.sayso, NIGHT)[Kind.PURGE]("")
    assert left(here.sayso.store) == [0] * 6
    with here.sayso.store.read() as session:
        due_at = session.get_one(DueRow, (Kind.WIPE, "")).due_at
    assert due_at.replace(tzinfo=UTC) == NIGHT
    assert here.sayso.store.database.stale


@on_sqlite
def test_no_byte_of_an_answer_is_left_in_the_files(here: Opened) -> None:
    fill(here.sayso.store, here.wave.id, 50)
    purge(here.sayso.store, NIGHT, shown)
    operations = light_operations(here.sayso, NIGHT)
    operations[Kind.WIPE]("")
    written = [each for each in here.folder.iterdir() if each.is_file()]
    assert here.sayso.settings.database in written
    assert [each.name for each in written if b"marmalade" in each.read_bytes()] == []


def test_answers_of_another_consultation_are_taken_meanwhile(here: Opened) -> None:
    store = here.sayso.store
    other = open_wave(here.sayso.desk, here.sayso.keys, commission("longer"), template(SURVEY))
    change_timetable(store, "have-your-say", {Kept.ANSWERS: 1}, NIGHT, by="operator")
    fill(store, here.wave.id, 10 * purging.SOME_RESPONSES)
    person = Person(Opened(here.sayso, other, None), "c")
    purging_now = threading.Thread(target=purge, args=(store, night_of(CLOSES + 2 * DAY), shown))
    purging_now.start()
    until(lambda: left(store)[0] < 10 * purging.SOME_RESPONSES)
    person.begins(Audience.STAFF)
    person.taps("Yes, I agree")
    assert purging_now.is_alive(), "it was over too soon to show anything"
    purging_now.join()
    assert left(store)[0] == 1


KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from sqlalchemy import event
from analysis.findings.suppression import shown
from consultation.operations.purge import purge
from consultation.storage.postgres import postgres_url
from consultation.storage.store import open_store

at, after = sys.argv[1], int(sys.argv[2])
store = open_store(postgres_url(at) if ":" in at else Path(at))
commits = 0

def die(_):
    global commits
    commits += 1
    if commits == after:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(store.database.writing, "commit", die)
purge(store, datetime.fromisoformat(sys.argv[3]), shown)
"""


def test_whoever_comes_back_is_told_that_it_is_gone(here: Opened) -> None:
    purge(here.sayso.store, NIGHT, shown)
    with here.sayso.store.read() as session:
        wave = consultations.wave_by_slug(session, "have-your-say")
    assert wave is not None
    told = [each.text for each in not_taking(wave, NIGHT.date())]
    assert told[-1] == "What people said was kept for as long as they were told, and has been deleted since."


@pytest.mark.parametrize("after", [2, 3, 6])
def test_killed_half_way_it_goes_on_where_it_was(here: Opened, place: Path | URL, after: int) -> None:
    """At the end of a transaction: when it notes its beginning, after a batch, when it notes its end."""
    store = here.sayso.store
    fill(store, here.wave.id, MANY)
    at = as_setting(place) or str(place)
    ran = subprocess.run([sys.executable, "-c", KILLED, at, str(after), NIGHT.isoformat()], check=False)
    assert ran.returncode == -signal.SIGKILL
    assert (left(store)[0] > 0) == (after < 6)
    with store.read() as session:
        wave = consultations.wave_by_slug(session, "have-your-say")
    assert wave is not None
    if after > 2:
        with pytest.raises(AnswersGone):  # half of the figures would tell who is in the other half
            analysed(here.sayso, wave)
    again = open_store(place)
    purge(again, NIGHT + DAY, shown)
    again.close()
    assert left(store) == [0] * 6
    assert [act for act, _, _ in acts(store)] == ["began to delete", "deleted"]
    assert acts(store)[0][2]["responses"] == 430


# -- sealed concerns ----------------------------------------------------------------------------------------------


def raise_concern(
    store: Store, reference: str, on: date, consultation: str | None, status: str = "acknowledged"
) -> None:
    with store.write() as session:
        session.add(
            ConcernRow(
                reference=reference, level="support", raised_on=on, sealed=b"marmalade", status=status,
                consultation_id=consultation,
            )
        )  # fmt: skip


def references(store: Store) -> set[str]:
    with store.read() as session:
        return set(session.exec(select(ConcernRow.reference)))


def test_a_concern_goes_in_its_time_and_never_before_somebody_has_opened_it(here: Opened) -> None:
    store, mine = here.sayso.store, here.wave.consultation.id
    change_timetable(store, "have-your-say", {Kept.CONCERNS: 100}, NIGHT, by="operator")
    over = CLOSES + 101 * DAY
    raise_concern(store, "OLD", CLOSES, mine)
    raise_concern(store, "NEW", CLOSES, mine, status="new")
    raise_concern(store, "LATE", CLOSES + 50 * DAY, mine)
    raise_concern(store, "BEFORE", CLOSES, None)
    raise_concern(store, "OTHER", CLOSES, "another consultation")
    purge(store, night_of(over - DAY), shown)
    assert len(references(store)) == 5
    for _ in range(2):
        purge(store, night_of(over), shown)
        assert references(store) == {"NEW", "LATE", "BEFORE", "OTHER"}
    purge(store, night_of(CLOSES + 151 * DAY), shown)
    assert references(store) == {"NEW", "BEFORE", "OTHER"}
    deleted = [
        details for act, subject, details in acts(store) if (act, subject) == ("deleted", "have-your-say: concerns")
    ]
    assert [each["concerns"] for each in deleted] == [None, None], "a number so small says too much"


def test_a_concern_knows_its_consultation_and_outlives_the_answers(here: Opened) -> None:
    person = Person(here, "c")
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    person.types("my dad hits me sometimes")
    (reference,) = references(here.sayso.store)
    purge(here.sayso.store, NIGHT, shown)
    assert left(here.sayso.store)[0] == 0
    with here.sayso.store.read() as session:
        assert session.get_one(ConcernRow, reference).consultation_id == here.wave.consultation.id


# -- what is seen of it -------------------------------------------------------------------------------------------


async def test_pages_say_what_is_left_once_answers_are_gone(opened: Opened) -> None:
    fill(opened.sayso.store, opened.wave.id, 3)
    officer, analyst = await staff(opened, Role.OFFICER), await staff(opened, Role.ANALYST)
    slug = opened.wave.consultation.slug
    before = (await officer.get("/staff/consultations")).text
    assert "Answers, and what is made of them: until 30 January 2029" in before
    assert "safeguarding lead: until 31 January 2052" in before
    purge(opened.sayso.store, NIGHT, shown)
    after = (await officer.get("/staff/consultations")).text
    assert "were deleted on 31 January 2029, as the timetable said" in after
    assert "Read the chapter" not in after
    assert "Agreed to take part" not in after, "nobody answered, it seems"
    assert "safeguarding lead: until 31 January 2052" in after
    chapters = [f"/staff/consultations/{slug}/{name}" for name in ("chapter", "chapter.docx")]
    for client, path in [
        *((officer, each) for each in chapters),
        (analyst, f"/staff/answers/{slug}"),
        (analyst, f"/staff/answers/{slug}/files/coded-answers.csv"),
        (analyst, f"/staff/answers/{slug}/evidence/SS-YP-bullying.a41c"),
    ]:
        page = await client.get(path)
        assert page.status_code == 410, path
        assert "were deleted on 31 January 2029" in page.text, path


def test_an_export_of_what_is_gone_is_refused(opened: Opened, sayso: Shell, tmp_path: Path) -> None:
    purge(opened.sayso.store, NIGHT, shown)
    out = tmp_path / "out"
    said = sayso.refused("export", "have-your-say", "--out", str(out), *ours(opened))
    assert "were deleted on 31 January 2029" in said
    assert "What is left of it is what was exported or published before" in said
    assert not out.exists()
    assert "There is no evidence" in sayso.refused("evidence", "SS-YP-bullying.a41c", *ours(opened))


# -- the command --------------------------------------------------------------------------------------------------


def ours(opened: Opened) -> tuple[str, ...]:
    return ("--data", str(opened.folder))


@on_sqlite
def test_the_command_tells_dates_in_plain_words(here: Opened, sayso: Shell) -> None:
    done = sayso("retention", "have-your-say", *ours(here))
    assert done.code == 0
    assert "have-your-say, closes on 31 January 2027:" in done.stdout
    assert "answers, and what was made of them: kept until 30 January 2029, 730 days after the close" in done.stdout
    assert "safeguarding lead: kept until 31 January 2052" in done.stdout
    assert "but none that nobody has opened yet" in done.stdout
    assert "There is no consultation 'nowhere'" in sayso.refused("retention", "nowhere", *ours(here))


@on_sqlite
def test_the_command_changes_days_and_says_what_people_were_told(here: Opened, sayso: Shell) -> None:
    longer = sayso("retention", "have-your-say", "--answers-days", "900", *ours(here))
    assert "was told that answers are kept until 30 January 2029" in longer.stdout
    assert "kept until 19 July 2029, 900 days after the close" in longer.stdout
    assert acts(here.sayso.store)[0][2] == {"days_before": 730, "days": 900}
    assert "Name the consultation" in sayso.refused("retention", "--answers-days", "9", *ours(here))


@on_sqlite
def test_a_dry_run_tells_what_goes_and_changes_nothing(here: Opened, sayso: Shell) -> None:
    old = commission("long-ago", opens_on=date(2020, 1, 1), closes_on=date(2020, 2, 1))
    wave = open_wave(here.sayso.desk, here.sayso.keys, old, template(SURVEY))
    fill(here.sayso.store, wave.id, 23)
    fill(here.sayso.store, here.wave.id, 3, seed=9)
    before, bytes_before = everything(here.sayso.store), here.sayso.settings.database.read_bytes()
    done = sayso("retention", "--dry-run", *ours(here))
    assert everything(here.sayso.store) == before
    assert here.sayso.settings.database.read_bytes() == bytes_before
    tonight, later = done.stdout.split("Later:")
    assert "long-ago: answers, and what was made of them, about 25, kept until 31 January 2022" in tonight
    assert "have-your-say" not in tonight
    assert "have-your-say: answers, and what was made of them, a few, kept until 30 January 2029" in later
    assert "Nothing was changed" in done.stdout


@on_sqlite
def test_a_slip_that_would_delete_tonight_is_asked_about(here: Opened, sayso: Shell) -> None:
    old = commission("last-year", opens_on=date(2025, 1, 1), closes_on=date(2025, 12, 1))
    open_wave(here.sayso.desk, here.sayso.keys, old, template(SURVEY))
    asked = sayso("retention", "last-year", "--answers-days", "7", *ours(here))
    assert asked.code == 1
    assert "would be deleted tonight, for good" in asked.stdout
    assert acts(here.sayso.store) == []
    done = sayso("retention", "last-year", "--answers-days", "7", "--yes", *ours(here))
    assert "so they go tonight" in done.stdout
    purge(here.sayso.store, night_of(date(2026, 11, 24)), shown)
    gone = sayso.refused("retention", "last-year", "--answers-days", "900", *ours(here))
    assert "were deleted on 2026-11-24, for good" in gone
    assert "deleted on 24 November 2026" in sayso("retention", "last-year", *ours(here)).stdout
