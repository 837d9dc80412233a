"""Each door with no more right to PostgreSQL than its role has: everything that people do there works."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import URL
from sqlalchemy.exc import ProgrammingError
from sqlmodel import select

from analysis.operations.redact_codings import carry_codings
from bot.cli.serve import Door
from bot.closings import close
from bot.officer.door import OfficerDoor
from bot.sayso import Sayso
from bot.scheduler import Scheduler
from bot.web.app import create_app
from bot.web.security import Role as Staff
from consultation.domain.concern import Outcome, Status
from consultation.domain.consultation import Audience, Channel, ContactMode
from consultation.domain.due import Kind as Work
from consultation.domain.text import Kind, RawText
from consultation.flow.events import ChoseLanguage, Command
from consultation.operations import deliver
from consultation.operations.break_glass import break_glass
from consultation.operations.carry_over import forget_codes, make_code, take_code
from consultation.operations.close_wave import end_intake
from consultation.operations.open_referral import history, open_referral, save_referral
from consultation.operations.open_wave import open_wave
from consultation.operations.purge import purge
from consultation.operations.redact_leak import redact_leak
from consultation.operations.redacted_answers import redacted_answers
from consultation.operations.refer_concern import Actor, acknowledge, move, referrals, sealed_message
from consultation.operations.relay import relay
from consultation.operations.remind import remind
from consultation.operations.reseal import reseal
from consultation.operations.set_aside import set_aside
from consultation.operations.shared_sessions import end_session, open_session, session_at, sessions
from consultation.operations.show_conversation import show_conversation
from consultation.operations.write_to_person import write_to_person
from consultation.privacy.detect import WordDetector
from consultation.privacy.leak import Leak
from consultation.storage import audit, due
from consultation.storage.roles import Role, script
from consultation.storage.store import open_store
from consultation.storage.tables import (
    AnswerRow,
    AuditEntry,
    CarryOverRow,
    CertificateRow,
    ConcernRow,
    ReferralAuditRow,
    ReminderRow,
    SetAsideRow,
)
from consultation.surveys import template
from tests.builders import (
    SURVEY,
    TODAY,
    Calendar,
    Opened,
    Person,
    commission,
    ids_from,
    make_sayso,
    open_consultation,
    orphans,
    stored_answers,
)
from tests.contracts.databases import Cluster
from tests.contracts.test_roles import as_role, guarded
from tests.integration.test_command_line import Shell
from tests.integration.test_serve_doors import free_port, health_answers, pages_answer, served
from tests.lead_keys import PASSPHRASE, agrees, deputy_key, lead_file, lead_key, with_deputy

__all__ = ["guarded"]

SAID = "They always asked what we thought first."
BY = Actor("safeguarding lead")
NOW = datetime.combine(TODAY, time(12), UTC)


@dataclass
class World:
    """One consultation as its owner sees it, and as each role does."""

    owner: Opened
    url: URL
    folder: Path

    def as_(self, role: Role, calendar: Calendar | None = None, **settings: Any) -> Opened:
        sayso = make_sayso(
            self.folder, database_url=as_role(self.url, role).render_as_string(), detector=WordDetector({}),
            today=calendar or Calendar(), new_id=ids_from(2), **settings,
        )  # fmt: skip
        assert sayso.store.database.roles == {role}
        return Opened(sayso, self.owner.wave, self.owner.lead)

    def answers(self) -> list[AnswerRow]:
        with self.owner.sayso.store.read() as session:
            return list(session.exec(select(AnswerRow).where(AnswerRow.text == SAID)))


@pytest.fixture
def world(cluster: Cluster, guarded: URL, tmp_path: Path) -> Iterator[World]:
    tables = "answer, response, conversation, inbox, outbox, concern, set_aside, due, closing, certificate, retention"
    told = "alert, reply_handle, relay, audit, referral_audit, sign_off"
    cluster.run(f"TRUNCATE {tables}, {told}, wave, consultation, survey CASCADE", database=str(guarded.database))
    whole = guarded.render_as_string(hide_password=False)
    how: dict[str, Any] = {"detector": WordDetector({}), "contact": ContactMode.REPLY_HANDLE}
    opened = open_consultation(tmp_path / "data", database_url=whole, **how)
    yield World(opened, guarded, tmp_path / "data")
    opened.sayso.store.close()


def answering(opened: Opened, chat: str, channel: Channel = Channel.WEB) -> Person:
    person = Person(opened, chat, channel)
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    person.types(SAID)
    return person


def add_handle(world: World) -> None:
    """The person agrees to be written to."""
    opened = world.as_(Role.RESPONDENT)
    person = Person(opened, "5551208000", Channel.TELEGRAM)
    person.types("he hits my sister too")
    agrees(person)
    opened.sayso.store.close()


def reminded(opened: Opened) -> None:
    """Somebody on Telegram has asked for it."""
    person = answering(opened, "78", Channel.TELEGRAM)
    person.commands(Command.STOP)
    person.taps("Remind me once, tomorrow")


def audit_entries(world: World) -> list[AuditEntry]:
    with world.owner.sayso.store.read() as session:
        return audit.entries(session)


def browser(sayso: Sayso, *parts: str, staff: Staff | None = None) -> httpx.AsyncClient:
    app = create_app(sayso, parts)
    cookies = {"sayso_staff": app.state.passes.cookie(staff)} if staff else {}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sayso.test", cookies=cookies)


async def test_a_shared_device_is_begun_with_a_code_of_the_officers(world: World) -> None:
    officer, respondent, worker = (world.as_(each) for each in (Role.OFFICER, Role.RESPONDENT, Role.WORKER))
    code, made = open_session(officer.sayso.desk, world.owner.wave, Audience.YOUNG_PERSON, "fenland", 1, "officer")
    async with browser(respondent.sayso, "chat") as tablet:
        path = f"/c/{world.owner.wave.consultation.slug}"
        ready = await tablet.post(f"{path}/shared", data={"code": code}, follow_redirects=True)
        assert "Ready for the next person" in ready.text
        begun = await tablet.post(f"{path}/begin", data={"afresh": "1"}, follow_redirects=True)
        assert "Fenland" in begun.text
    purge(worker.sayso.store, NOW + timedelta(days=1), lambda count: count)
    assert sessions(officer.sayso.desk, world.owner.wave) == []
    code, made = open_session(officer.sayso.desk, world.owner.wave, None, None, 1, "officer")
    end_session(officer.sayso.desk, world.owner.wave, made.name, "officer")
    assert session_at(respondent.sayso.desk, world.owner.wave, made.mark) is None
    for each in (officer, respondent, worker):
        each.sayso.store.close()


class TestARespondent:
    def test_talks_changes_and_takes_everything_back(self, world: World) -> None:
        opened = world.as_(Role.RESPONDENT)
        person = answering(opened, "a browser")
        assert [each.text for each in world.answers()] == [SAID]
        assert SAID in str(show_conversation(opened.sayso.desk, opened.wave, Channel.WEB, "a browser").earlier)
        person.commands(Command.BACK)
        person.types("too slow")
        person.types("and nobody said why")
        stored = stored_answers(world.owner, Channel.WEB, "a browser")
        assert stored
        assert stored["good_worker"] == "too slow\nand nobody said why"
        person.does(ChoseLanguage("pl"))
        assert [each.locale for each in redacted_answers(world.owner.sayso.store, world.owner.wave.id)] == ["pl"]
        person.does(ChoseLanguage("en"))
        person.types("my stepdad hits me")
        person.commands(Command.DELETE)
        person.taps("Yes, delete them")
        assert stored_answers(world.owner, Channel.WEB, "a browser") is None
        assert orphans(world.owner) == set()
        with world.owner.sayso.store.read() as session:
            assert session.exec(select(ConcernRow.reference)).all()
        opened.sayso.store.close()

    def test_is_sent_what_the_bot_says(self, world: World) -> None:
        opened = world.as_(Role.RESPONDENT)
        desk, wave = opened.sayso.desk, opened.wave
        opened.sayso.store.database.begin_serving()
        for chat in ("1", "2", "3"):
            answering(opened, chat, Channel.TELEGRAM)
        deliver.end_leases(desk)
        [first, *_] = deliver.take_over(desk, wave)
        deliver.leave_rest(desk, wave, Channel.TELEGRAM, first.chat, first.turn, first.messages)
        deliver.note_said(desk, wave, Channel.TELEGRAM, first.chat, first.turn)
        deliver.forget_unsaid(desk, wave, Channel.TELEGRAM, "2")
        set_aside(opened.sayso.store, "respondent", "ValueError", desk.new_id, desk.today())
        opened.sayso.store.close()
        left = [deliver.unsaid(world.owner.sayso.desk, wave, Channel.TELEGRAM, each) for each in (first.chat, "2")]
        assert (first.turn in [each.turn for each in left[0]], left[1]) == (False, [])
        with world.owner.sayso.store.read() as session:
            assert len(session.exec(select(SetAsideRow)).all()) == 1

    def test_asks_to_be_reminded_and_carries_a_talk_over(self, world: World) -> None:
        opened = world.as_(Role.RESPONDENT)
        desk, wave, store = opened.sayso.desk, opened.wave, opened.sayso.store
        reminded(opened)
        answering(opened, "a browser")
        code = make_code(desk, wave, "a browser")
        assert code
        assert take_code(desk, wave, code) == "a browser"
        assert take_code(desk, wave, code) is None
        for listing in (select(ReminderRow), select(CarryOverRow)):
            with pytest.raises(ProgrammingError, match="permission denied"), store.read() as session:
                session.exec(listing).all()
        store.close()

    def test_is_helped_when_it_is_over(self, world: World) -> None:
        calendar = Calendar(world.owner.wave.closes_on + timedelta(1))
        opened = world.as_(Role.RESPONDENT, calendar)
        Person(opened, "late").types("my stepdad hits me")
        assert len(referrals(world.owner.sayso.store)) == 1
        opened.sayso.store.close()

    async def test_has_the_chat_and_no_staff_pages(self, world: World) -> None:
        opened = world.as_(Role.RESPONDENT)
        person = answering(opened, "a browser")
        async with browser(opened.sayso, "chat") as client:
            client.cookies.set("talk_have-your-say", person.chat)
            assert (await client.get("/")).status_code == 200
            assert SAID in (await client.get("/c/have-your-say/talk")).text
            assert (await client.get("/health/ready")).json()["ready"]
            assert {(await client.get(each)).status_code for each in ("/staff", "/staff/consultations")} == {404}
        opened.sayso.store.close()

    def test_cannot_be_made_to_list_anything(self, world: World) -> None:
        """What a hole in a public door would try first."""
        opened = world.as_(Role.RESPONDENT)
        answering(opened, "a browser")
        store = opened.sayso.store
        for attempt in (lambda: redacted_answers(store, opened.wave.id), lambda: referrals(store)):
            with pytest.raises(ProgrammingError, match="permission denied"):
                attempt()
        opened.sayso.store.close()


class TestAnOfficer:
    async def test_sees_how_it_goes_and_no_answer(self, world: World) -> None:
        for chat in range(12):
            answering(world.owner, f"chat {chat}")
        opened = world.as_(Role.OFFICER)
        async with browser(opened.sayso, "console", staff=Staff.OFFICER) as client:
            page = await client.get("/staff/consultations")
            assert (page.status_code, "have-your-say" in page.text) == (200, True)
            assert (await client.get("/staff/consultations/have-your-say/chapter")).status_code == 404
        door = OfficerDoor(opened.sayso)
        assert "young person" in door.reach_text()
        assert door.referrals_text() == "No safeguarding referral waits."
        assert "could not be taken" not in door.troubles_text()
        opened.sayso.store.close()

    def test_opens_a_consultation(self, world: World) -> None:
        opened = world.as_(Role.OFFICER)
        sayso = opened.sayso
        wave = open_wave(sayso.desk, sayso.keys, commission("another"), template(SURVEY))
        assert world.owner.sayso.waves.at("another") == wave
        sayso.store.close()

    def test_reads_no_referral_and_no_words(self, world: World) -> None:
        Person(world.owner, "a browser").types("my stepdad hits me")
        opened = world.as_(Role.OFFICER)
        store = opened.sayso.store
        [waiting] = referrals(world.owner.sayso.store)
        for attempt in (
            lambda: referrals(store),
            lambda: sealed_message(store, waiting.reference),
            lambda: move(store, waiting.reference, Status.ACKNOWLEDGED, BY, NOW),
            lambda: history(store, waiting.reference),
            lambda: redacted_answers(store, opened.wave.id),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"):
                attempt()
        store.close()

    def test_knows_that_a_referral_waits_and_of_no_allegation_or_drill(self, world: World, cluster: Cluster) -> None:
        for chat in ("one", "two", "three"):
            Person(world.owner, chat).types("my stepdad hits me")
        known, about_staff, drill = sorted(each.reference for each in referrals(world.owner.sayso.store))
        for change, which in (("queue = 'allegations'", about_staff), ("drill = true", drill)):
            update = f"UPDATE concern SET {change} WHERE reference = %s"  # noqa: S608
            cluster.run(update, which, database=str(world.url.database))
        opened = world.as_(Role.OFFICER)
        door = OfficerDoor(opened.sayso)
        assert door.referrals_text() == f"{known} (support)"
        told = Actor("safeguarding lead")  # the staff bot: its alert named the reference
        assert [acknowledge(opened.sayso.store, about_staff, told, NOW) for _ in range(2)] == [True, False]
        assert about_staff not in str(audit_entries(world))
        [entry] = history(world.owner.sayso.store, about_staff)
        assert (entry.actor, entry.act) == ("safeguarding lead", "acknowledged")
        opened.sayso.store.close()


class TestAnAnalyst:
    async def test_reads_decides_and_takes_files(self, world: World) -> None:
        for chat in range(12):
            answering(world.owner, f"chat {chat}")
        opened = world.as_(Role.ANALYST)
        answer = world.answers()[0].id
        async with browser(opened.sayso, "workbench", staff=Staff.ANALYST) as client:
            page = await client.get("/staff/answers/have-your-say")
            assert SAID in page.text
            here = "/staff/answers/have-your-say"
            clear = await client.post(f"{here}/clear", data={"answer": answer})
            decided = {"act": "judge", "answer": answer, "seen": "0", "key": "sentiment positive", "verdict": "added"}
            decide = await client.post(f"{here}/review", data=decided)
            files = [await client.get(f"{here}/files/{name}") for name in ("coded-answers.csv", "evidence.jsonl")]
            chapter = await client.get("/staff/consultations/have-your-say/chapter.docx")
        assert [each.status_code for each in (clear, decide)] == [303, 303]
        assert [each.status_code for each in (page, *files, chapter)] == [200] * 4
        opened.sayso.store.close()

    def test_takes_out_what_slipped_through(self, world: World) -> None:
        answering(world.owner, "a browser")
        answering(world.owner, "77", Channel.TELEGRAM)
        opened = world.as_(Role.ANALYST)
        sayso = opened.sayso
        leak, desk = Leak(RawText("asked"), Kind.PERSON), sayso.desk
        how = partial(redact_leak, carry=carry_codings, new_id=desk.new_id, by="analyst", at=desk.now())
        done = how(sayso.store, opened.wave, leak, None)
        assert (done.answers, done.wiped) == (2, False)
        assert world.answers() == []
        sayso.store.close()


class TestTheWorker:
    def test_does_what_is_due(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        answering(world.owner, "a browser")
        answering(world.owner, "77", Channel.TELEGRAM).types("my stepdad hits me")
        with world.owner.sayso.store.write() as session:
            for kind in (Work.PURGE, Work.CODE, Work.WIPE):
                due.plan_anew(session, kind, "", world.owner.sayso.desk.now() - timedelta(1))
        opened = world.as_(Role.WORKER)
        [unsaid, *_] = [*deliver.take_over(opened.sayso.desk, opened.wave)]
        deliver.note_said(opened.sayso.desk, opened.wave, Channel.TELEGRAM, unsaid.chat, unsaid.turn)
        scheduler = Scheduler(opened.sayso, heavy=True, settled=timedelta(0))
        with caplog.at_level(logging.INFO, "sayso"):
            scheduler.do_light_work()
            scheduler.do_heavy_work()
            scheduler.alert()
        assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == []
        assert "answers coded" in caplog.text
        assert "referral" in caplog.text
        opened.sayso.store.close()

    def test_reminds_and_lets_go_of_codes(self, world: World) -> None:
        reminded(world.owner)
        answering(world.owner, "a browser")
        make_code(world.owner.sayso.desk, world.owner.wave, "a browser")
        opened = world.as_(Role.WORKER, Calendar(TODAY + timedelta(1)))
        late = datetime.combine(TODAY + timedelta(1), time(19, 50), UTC)
        remind(opened.sayso.desk, late)
        forget_codes(opened.sayso.store, opened.sayso.desk.now() + timedelta(1))
        said = deliver.unsaid(world.owner.sayso.desk, world.owner.wave, Channel.TELEGRAM, "78")
        assert "You asked me to remind you once" in str(said)
        with world.owner.sayso.store.read() as session:
            assert [session.exec(select(each)).all() for each in (ReminderRow, CarryOverRow)] == [[], []]
        opened.sayso.store.close()

    def test_closes(self, world: World) -> None:
        answering(world.owner, "a browser")
        make_code(world.owner.sayso.desk, world.owner.wave, "a browser")
        reminded(world.owner)
        opened = world.as_(Role.WORKER)
        sayso = opened.sayso
        end_intake(sayso.store, opened.wave, sayso.desk.now())
        close(sayso.settings, sayso.store, sayso.keys, opened.wave.id, sayso.desk.now())
        with world.owner.sayso.store.read() as session:
            assert len(session.exec(select(CertificateRow)).all()) == 1
        sayso.store.close()


class TestTheLead:
    def test_reads_moves_saves_and_seals_anew(self, world: World) -> None:
        Person(world.owner, "a browser").types("my stepdad hits me")
        store = open_store(as_role(world.url, Role.LEAD), needs=[Role.LEAD])
        [waiting] = referrals(store)
        assert open_referral(store, waiting.reference, lead_key(), BY, NOW).letter.message.text == "my stepdad hits me"
        assert save_referral(store, waiting.reference, BY, NOW)
        move(store, waiting.reference, Status.CLOSED, BY, NOW, Outcome.ADVICE)
        assert reseal(store, lead_key(), None, world.owner.sayso.desk.keyring(), BY, NOW).referrals == 1
        assert [each.act for each in history(store, waiting.reference)] == ["read", "acknowledged", "saved", "closed"]
        with store.read() as session:
            assert audit.first_broken(audit.entries(session, ReferralAuditRow)) is None
        store.close()

    def test_writes_to_a_chat_that_the_worker_finds_and_two_people_can(self, world: World) -> None:
        with_deputy(world.owner.sayso)
        person = answering(world.owner, "5551208000", Channel.TELEGRAM)
        person.types("my stepdad hits me")
        add_handle(world)
        store = open_store(as_role(world.url, Role.LEAD), needs=[Role.LEAD])
        [told] = [each.reference for each in referrals(store) if each.asks_contact]
        read = open_referral(store, told, lead_key(), BY, NOW)
        write_to_person(store, told, read.handle, "Can we talk at school?", BY, NOW, "one")
        ring = world.owner.sayso.desk.keyring()
        found = break_glass(store, told, (deputy_key(), lead_key()), ring, BY, NOW)
        assert (found.channel, found.chat) == ("telegram", "5551208000")
        assert reseal(store, lead_key(), deputy_key(), ring, BY, NOW).glass == 1
        worker = world.as_(Role.WORKER)
        assert relay(worker.sayso.desk) == 1
        said = deliver.unsaid(world.owner.sayso.desk, world.owner.wave, Channel.TELEGRAM, "5551208000")
        assert "Can we talk at school?" in str(said)
        worker.sayso.store.close()
        store.close()

    async def test_has_pages_and_no_others(self, world: World) -> None:
        Person(world.owner, "a browser").types("my stepdad hits me")
        opened = world.as_(Role.LEAD)
        [waiting] = referrals(opened.sayso.store)
        here = f"/staff/safeguarding/{waiting.reference}"
        async with browser(opened.sayso, "safeguarding", staff=Staff.LEAD) as client:
            assert waiting.reference in (await client.get("/staff/safeguarding")).text
            form = {"passphrase": PASSPHRASE}
            read = await client.post(f"{here}/read", data=form, files={"key": ("lead.age", lead_file())})
            assert "my stepdad hits me" in read.text
            assert (await client.post(f"{here}/sealed")).status_code == 200
            acted = await client.post(f"{here}/move", data={"to": "closed", "outcome": "advice given"})
            assert acted.status_code == 303
            assert (await client.get("/staff/consultations")).status_code == 404
        opened.sayso.store.close()


class TestCommands:
    """As people run them, each with the address of a login that may do too much or too little."""

    @pytest.fixture
    def sayso(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
        return Shell(monkeypatch, capsys)

    @staticmethod
    def environment(world: World, role: Role) -> dict[str, str]:
        return {"SAYSO_DATABASE_URL": as_role(world.url, role).render_as_string(), "SAYSO_DATA": str(world.folder)}

    def test_the_script_is_printed(self, sayso: Shell) -> None:
        assert sayso("roles").stdout == script()

    def test_an_analyst_exports_and_an_officer_does_not(self, world: World, sayso: Shell, tmp_path: Path) -> None:
        answering(world.owner, "a browser")
        export = ("export", "have-your-say", "--out", str(tmp_path / "out"))
        refused = sayso.refused(*export, **self.environment(world, Role.OFFICER))
        assert "The user 'sayso_officer_login' of the PostgreSQL database" in refused
        assert "needs sayso_analyst and has sayso_officer. In SAYSO_DATABASE_URL name a user who has" in refused
        done = sayso(*export, **self.environment(world, Role.ANALYST))
        assert done.code == 0, done.stderr
        assert (tmp_path / "out" / "chapter.docx").is_file()

    def test_the_lead_lists_referrals_and_an_officer_does_not(self, world: World, sayso: Shell) -> None:
        Person(world.owner, "a browser").types("my stepdad hits me")
        assert "needs sayso_lead" in sayso.refused("referral", **self.environment(world, Role.OFFICER))
        assert "C-" in sayso("referral", **self.environment(world, Role.LEAD)).stdout

    @pytest.mark.parametrize(
        ("role", "doors", "lacks"),
        [
            (Role.RESPONDENT, ["console"], "sayso_officer"),
            (Role.OFFICER, ["chat"], "sayso_respondent"),
            (Role.OFFICER, ["console", "workbench"], "sayso_analyst"),
            (Role.ANALYST, ["web"], "sayso_officer and sayso_respondent"),
            (Role.ANALYST, ["worker"], "sayso_worker"),
            (Role.OFFICER, ["safeguarding"], "sayso_lead"),
            (Role.WORKER, [], "sayso_analyst and sayso_lead and sayso_officer and sayso_respondent"),
        ],
    )
    def test_a_process_says_which_role_it_lacks(
        self, world: World, sayso: Shell, role: Role, doors: list[str], lacks: str
    ) -> None:
        only = [word for each in doors for word in ("--only", each)]
        refused = sayso.refused("serve", "--port", str(free_port()), *only, **self.environment(world, role))
        assert f"needs {lacks} and has {role}. " in refused


async def test_the_chat_is_served_by_a_process_that_may_do_no_more(world: World) -> None:
    opened = world.as_(Role.RESPONDENT, port=free_port())
    opened.sayso.store.database.begin_serving()
    async with served(opened.sayso, {Door.CHAT}):
        assert await pages_answer(opened.sayso)
        assert await health_answers(opened.sayso)
    opened.sayso.store.close()
