"""Nothing opens but what the safeguarding lead signed off; what runs goes on, and it is told where it differs."""

import logging
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from bot.sayso import Sayso
from bot.wiring import SignedNow, wire
from consultation.content import BadFile
from consultation.domain.consultation import ContactMode, Wave
from consultation.domain.due import opening
from consultation.operations.check_sign_off import differences, uncovered
from consultation.operations.open_wave import NotReady, open_wave, see_it_open
from consultation.operations.oversee import Oversight, oversee
from consultation.operations.sign_off import NotSignedOff, Statement, arrangements_now, lead_with, sign_off, state
from consultation.safeguarding.arrangements import Arrangements, file_to_fill_in, read_arrangements
from consultation.safeguarding.lead_keys import Holder, Keyring
from consultation.storage import audit, consultations, sign_offs
from consultation.storage.tables import ConcernRow, SignOffRow
from consultation.surveys import parse_survey, template
from tests.builders import (
    SURVEY,
    TODAY,
    Calendar,
    Opened,
    arranged,
    commission,
    lead_identity,
    make_sayso,
    signed_off,
    survey,
    written,
)

FILE = Path("ours.yaml")
LATER = TODAY + timedelta(days=91)


@pytest.fixture
def unsigned(tmp_path: Path) -> Sayso:
    return make_sayso(tmp_path / "data")


def opens(sayso: Sayso, slug: str = "ours", body: str = "", **how: object) -> Wave:
    return open_wave(sayso.desk, sayso.keys, commission(slug, **how), body or template(SURVEY))


def newest(sayso: Sayso) -> SignOffRow:
    with sayso.store.read() as session:
        found = sign_offs.newest(session)
    assert found is not None
    return found


def running(sayso: Sayso, today: date = TODAY) -> dict[str, list[str]]:
    with sayso.store.read() as session:
        return uncovered(session, sayso.desk.survey_of, today)


def stated(sayso: Sayso, arrangements: Arrangements, today: date = TODAY) -> Statement:
    return state(sayso.store, written(arrangements), FILE, survey().every_opening, [ContactMode.OPT_IN], today)


def signs(sayso: Sayso, statement: Statement) -> None:
    lead = lead_with(sayso.desk.keyring(), str(lead_identity().to_public()))
    sign_off(sayso.store, statement, by=lead, at=sayso.desk.now())


# -- the file ----------------------------------------------------------------------------------------------------


def test_the_file_that_ships_says_nothing_until_it_is_filled_in() -> None:
    body, told = file_to_fill_in(), []
    for _ in range(20):
        try:
            read_arrangements(body, FILE)
            break
        except BadFile as fault:
            told.append(str(fault))
            line = fault.line or 0
            lines = body.splitlines(keepends=True)
            at = next(
                place
                for place in range(line - 1, len(lines))
                if lines[place].lstrip().startswith(("email", "verified"))
            )
            value = f" a{line}@b.uk" if "email" in lines[at] else f" {TODAY}"
            lines[at] = lines[at].split(":")[0] + f":{value}\n"
            body = "".join(lines)
    assert read_arrangements(body, FILE).absent() == ()
    assert [each.split(":")[1] for each in told[:3]] == [
        " 'Designated safeguarding lead' can't be reached. Give an email, a telegram chat or a webhook.",
        " 'Deputy safeguarding lead' can't be reached. Give an email, a telegram chat or a webhook.",
        " 'Out-of-hours duty team' can't be reached. Give an email, a telegram chat or a webhook.",
    ]
    assert all("write the day on which somebody checked this line" in each for each in told[3:])
    assert len(told) > 3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"duty_team": None}, "names no duty team. All three are needed"),
        ({"deputy": None, "duty_team": None}, "names no deputy and no duty team"),
        ({"deputy": arranged().lead}, "two of lead, deputy and duty team are reached in the very same way"),
    ],
)
def test_an_escalation_that_would_reach_nobody_else_is_refused(unsigned: Sayso, changes: object, said: str) -> None:
    with pytest.raises(NotSignedOff, match=said):
        stated(unsigned, arranged().model_copy(update=changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(("days", "refused"), [(0, False), (90, False), (91, True), (-1, True)])
def test_help_lines_that_nobody_checked_lately_are_named(unsigned: Sayso, days: int, refused: bool) -> None:
    first, *others = arranged().help_lines
    old = first.model_copy(update={"verified_on": TODAY - timedelta(days=days)})
    arrangements = arranged().model_copy(update={"help_lines": (old, *others)})
    if not refused:
        assert stated(unsigned, arrangements).arrangements == arrangements
        return
    with pytest.raises(NotSignedOff, match=first.name) as told:
        stated(unsigned, arrangements)
    assert others[0].name not in str(told.value)


# -- whose key ---------------------------------------------------------------------------------------------------


def test_only_a_leads_key_that_is_in_use_signs() -> None:
    ring = Keyring().with_key("old", Holder.LEAD, TODAY).with_key("new", Holder.LEAD, TODAY, replaces=True)
    ring = ring.with_key("other", Holder.DEPUTY, TODAY)
    assert lead_with(ring, "new").public == "new"
    for public, said in (("old", "was replaced on 23 November"), ("other", "deputy's key"), ("x", "not registered")):
        with pytest.raises(NotSignedOff, match=said):
            lead_with(ring, public)


def test_a_signature_is_in_the_audit_log_and_the_newest_counts(unsigned: Sayso) -> None:
    signed_off(unsigned)
    signs(unsigned, stated(unsigned, arranged().model_copy(update={"reply_days": 1})))
    row = newest(unsigned)
    with unsigned.store.read() as session:
        acts = [each.act for each in audit.entries(session)]
        now = arrangements_now(session)
    assert row.number == 2
    assert row.by == str(lead_identity().to_public())
    assert acts == ["signed off the arrangements"] * 2
    assert now.reply_days == 1
    assert now.lead == arranged().lead


# -- the gate ----------------------------------------------------------------------------------------------------


def test_nothing_real_opens_unsigned_and_a_simulation_does(unsigned: Sayso) -> None:
    with pytest.raises(NotReady, match="has not signed anything off yet") as told:
        opens(unsigned)
    assert "sayso safeguarding sign-off FILE" in str(told.value)
    assert opens(unsigned, simulated=True).consultation.simulated


def test_what_was_signed_opens_and_nothing_else(unsigned: Sayso) -> None:
    statement = stated(unsigned, arranged())
    signs(unsigned, statement)
    wave = opens(unsigned)
    assert wave.consultation.contact is ContactMode.OPT_IN
    with pytest.raises(NotReady, match=r"'reply_handle' was not signed off .*--contact reply_handle"):
        opens(unsigned, "other", contact=ContactMode.REPLY_HANDLE)
    edited = (
        template(SURVEY).replace("We don't store who you are", "We are careful").replace("survey: what", "survey: w")
    )
    with pytest.raises(NotReady, match=r"opening was not signed off .*--survey FILE"):
        opens(unsigned, "other", edited)
    questions = template(SURVEY).replace("how old are you?", "what is your age?").replace("survey: what", "survey: w")
    assert opens(unsigned, "other", questions), "what is asked is the officer's own"


@pytest.mark.parametrize(
    ("part", "said"),
    [("wording", "worded otherwise"), ("screen", "learnt otherwise"), ("arrangements", "mean something else")],
)
def test_an_upgrade_that_changes_a_part_asks_for_a_new_signature(opened: Opened, part: str, said: str) -> None:
    row = newest(opened.sayso)
    row.parts = {**row.parts, part: "of another version"}
    differs = differences(row, ContactMode.OPT_IN, survey().every_opening, TODAY)
    assert len(differs) == 1
    assert said in differs[0]


def test_every_part_that_is_stored_is_compared(opened: Opened) -> None:
    row = newest(opened.sayso)
    whole = dict(row.parts)
    for part, other in (("simulated", True), ("openings", []), ("contacts", [])):
        row.parts = {**whole, part: other}
        assert len(differences(row, ContactMode.OPT_IN, survey().every_opening, TODAY)) == 1, part
    known = {"simulated", "openings", "contacts", "wording", "screen", "arrangements"}
    assert whole.keys() == known, "a part that no test here knows"


def test_stale_help_lines_stop_a_launch_on_its_first_day_and_no_earlier(opened: Opened) -> None:
    at_once = TODAY + timedelta(days=90)
    assert opens(opened.sayso, "in-time", opens_on=at_once, closes_on=LATER)
    with pytest.raises(NotReady, match=r"checked these help lines for 90 days: .*Childline \(23 November 2026\)"):
        opens(opened.sayso, "too-late", opens_on=LATER, closes_on=LATER)


def test_the_demonstrations_signature_opens_nothing_real(unsigned: Sayso) -> None:
    signs(unsigned, replace(stated(unsigned, arranged()), simulated=True))
    with pytest.raises(NotReady, match="is a demonstration's"):
        opens(unsigned)
    with unsigned.store.read() as session:
        assert arrangements_now(session).ladder() == ()


# -- what runs ---------------------------------------------------------------------------------------------------


def test_a_new_signature_covers_what_runs_without_being_told(opened: Opened) -> None:
    theirs = (
        template(SURVEY).replace("We don't store who", "Nobody knows who").replace("survey: what", "survey: theirs")
    )
    other = Statement(
        written(arranged()),
        arranged(),
        (*survey().every_opening, parse_survey(theirs, FILE).opening),
        (ContactMode.SIGNPOST, ContactMode.OPT_IN),
    )
    signs(opened.sayso, other)
    opens(opened.sayso, "theirs", theirs, contact=ContactMode.SIGNPOST)
    again = state(opened.sayso.store, written(arranged()), FILE, [], [], TODAY)
    assert len(again.openings) == 4
    assert again.contacts == (ContactMode.SIGNPOST, ContactMode.OPT_IN)
    signs(opened.sayso, again)
    assert running(opened.sayso) == {}


def test_a_wave_that_runs_goes_on_and_is_told_of_every_day(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    calendar = Calendar()
    sayso = signed_off(make_sayso(tmp_path / "data", today=calendar))
    wave = opens(sayso, closes_on=LATER)
    assert running(sayso) == {}
    calendar.today = LATER
    with caplog.at_level(logging.ERROR, "sayso.launch"):
        assert see_it_open(sayso.desk, wave.id) is not None
    assert "runs otherwise than the safeguarding lead signed off" in caplog.text
    assert "Childline" in caplog.text
    assert list(running(sayso, LATER)) == ["ours"]
    with sayso.store.read() as session:
        assert consultations.waves(session)[0].is_open(LATER)


def test_arrangements_that_cannot_be_read_any_more_open_nothing_and_close_nothing(opened: Opened) -> None:
    with opened.sayso.store.write() as session:
        row = sign_offs.newest(session)
        assert row is not None
        sign_offs.add(session, at=opened.sayso.desk.now(), by=row.by, body='{"of": "a later version"}', parts=row.parts)
    again = wire(opened.sayso.settings, today=lambda: TODAY)
    assert again.desk.arrangements() == opened.sayso.desk.arrangements()
    found = oversee(again.store, opened.sayso.desk.survey_of, TODAY, again.desk.now())
    assert found.paths
    assert "can't read the arrangements" in " ".join(found.differs[opened.wave.consultation.slug])
    with pytest.raises(NotReady, match="can't read the arrangements"):
        opens(again)
    again.store.close()


def test_what_is_signed_holds_for_those_who_serve_already(opened: Opened) -> None:
    clock = [0.0]
    now = SignedNow(opened.sayso.store, lambda: clock[0])
    before = now()
    signed_off(opened.sayso, reply_days=1, thresholds=before.thresholds.model_copy(update={"support": 0.9}))
    clock[0] = SignedNow.SECONDS - 0.1
    assert now() == before
    clock[0] = SignedNow.SECONDS
    assert (now().reply_days, now().thresholds.support) == (1, 0.9)


def test_a_wave_that_was_planned_ahead_is_put_off_until_it_is_signed(tmp_path: Path) -> None:
    calendar, first = Calendar(), TODAY + timedelta(days=3)
    sayso = signed_off(make_sayso(tmp_path / "data", today=calendar))
    wave = opens(sayso, contact=ContactMode.REPLY_HANDLE, opens_on=first, closes_on=LATER)
    with sayso.store.write() as session:  # the lead thought better of it
        row = sign_offs.newest(session)
        assert row is not None
        sign_offs.add(session, at=row.at, by=row.by, body=row.body, parts={**row.parts, "contacts": ["opt_in"]})
    calendar.today = first
    assert see_it_open(sayso.desk, wave.id) == opening(first + timedelta(days=1))
    with sayso.store.read() as session:
        assert not consultations.waves(session)[0].is_open(first)
    signed_off(sayso)
    calendar.today += timedelta(days=1)
    see_it_open(sayso.desk, wave.id)
    with sayso.store.read() as session:
        assert consultations.waves(session)[0].is_open(calendar.today)


# -- what officers may know --------------------------------------------------------------------------------------


def overseen(sayso: Sayso) -> Oversight:
    return oversee(sayso.store, sayso.desk.survey_of, TODAY, sayso.desk.now())


def test_officers_learn_that_something_has_waited_and_nothing_of_allegations(opened: Opened) -> None:
    def raised(queue: str, on: date, **more: Any) -> bool:
        with opened.sayso.store.write() as session:
            session.execute(delete(ConcernRow))
            session.add(ConcernRow(reference="C-1", level="support", raised_on=on, sealed=b"", queue=queue, **more))
        return overseen(opened.sayso).overdue

    yesterday = TODAY - timedelta(days=1)
    assert raised("general", yesterday)
    assert not raised("general", TODAY)
    assert not raised("general", yesterday, status="acknowledged")
    assert not raised("general", yesterday, drill=True)
    assert not raised("allegations", yesterday)
