"""`sayso referral` and `sayso safeguarding …`: what the lead and the deputy do with keys and referrals, and what is
noted of it."""

from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from bot.cli.commands import app
from bot.wiring import add_lead_key, lead_keys
from consultation.domain.consultation import Audience, Channel, ContactMode
from consultation.operations.refer_concern import referrals
from consultation.safeguarding.lead_keys import Holder, short
from consultation.safeguarding.seal import OpenedKey
from consultation.storage import audit
from consultation.storage.tables import ReferralAuditRow, RelayRow
from tests.builders import Opened, Person, lead_identity, open_consultation
from tests.integration.test_command_line import Shell, sayso
from tests.lead_keys import (
    PASSPHRASE,
    agrees,
    deputy_file,
    deputy_key,
    key_file,
    lead_file,
    lead_key,
    strangers_file,
    with_deputy,
)

__all__ = ["sayso"]
SAID = "my stepdad hits me when he is drunk"


@dataclass
class Desk:
    """A consultation in which something worrying was said, and the command line beside it."""

    opened: Opened
    shell: Shell
    folder: Path

    def __call__(self, *words: str) -> str:
        done = self.shell(*words, "--data", str(self.opened.folder), SAYSO_LEAD_PASSPHRASE=PASSPHRASE)
        assert done.code == 0, done.stderr
        return " ".join(done.stdout.split())

    def refused(self, *words: str, passphrase: str = PASSPHRASE) -> str:
        return self.shell.refused(*words, "--data", str(self.opened.folder), SAYSO_LEAD_PASSPHRASE=passphrase)

    def typing(self, *words: str, types: list[str]) -> Result:
        """With what somebody types when they are asked."""
        return CliRunner().invoke(app, [*words, "--data", str(self.opened.folder)], input="\n".join(types) + "\n")

    def reference(self) -> str:
        return referrals(self.opened.sayso.store)[0].reference

    def noted(self) -> list[tuple[str, str, str]]:
        """(who, did what, with which referral), in order."""
        with self.opened.sayso.store.read() as session:
            rows = audit.entries(session, ReferralAuditRow)
        assert audit.first_broken(rows) is None
        assert SAID not in str(rows)
        return [(row.actor, row.act, row.subject) for row in rows]

    def file(self, name: str, private: bytes) -> str:
        path = self.folder / name
        path.write_bytes(private)
        return str(path)

    @property
    def lead(self) -> str:
        return self.file("lead.age", lead_file())

    @property
    def deputy(self) -> str:
        return self.file("deputy.age", deputy_file())


@pytest.fixture
def desk(tmp_path: Path, sayso: Shell) -> Desk:
    """A young person in Telegram has told of danger; lead and deputy have a key each."""
    opened = open_consultation(tmp_path / "data", contact=ContactMode.REPLY_HANDLE)
    with_deputy(opened.sayso)
    person = Person(opened, "5551208000", Channel.TELEGRAM)
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    person.types(SAID)
    return Desk(opened, sayso, tmp_path)


class TestAReferral:
    def test_waits_is_read_acted_on_and_closed(self, desk: Desk) -> None:
        reference = desk.reference()
        assert f"{reference} support" in desk("referral")
        assert "new" in desk("referral", reference)
        assert "is new. Acknowledge it first" in desk.refused("referral", reference, "--actioned", "advice given")
        read = desk("referral", reference, "--key", desk.lead)
        assert SAID in read
        assert "acknowledged" in read
        assert "Nothing is noted yet" in desk.refused("referral", reference, "--close")
        assert "actioned referred to social care" in desk(
            "referral", reference, "--actioned", "referred to social care"
        ).replace("  ", " ")
        assert "closed" in desk("referral", reference, "--close")
        assert "is closed (referred to social care), and stays so" in desk.refused("referral", reference, "--close")
        assert desk.noted() == [
            ("safeguarding lead", "read", reference),
            ("safeguarding lead", "acknowledged", reference),
            ("command line", "actioned", reference),
            ("command line", "closed", reference),
        ]

    def test_is_in_the_leads_audit_log_and_not_in_the_officers(self, desk: Desk) -> None:
        reference = desk.reference()
        desk("referral", reference, "--key", desk.lead)
        told = desk("audit", "--safeguarding")
        assert f"safeguarding lead read {reference} key: {short(lead_key().public)}" in told
        assert "All 2 entries are as they were written" in told
        assert reference not in desk("audit")

    def test_is_taken_in_hand_unread(self, desk: Desk) -> None:
        assert "acknowledged" in desk("referral", desk.reference(), "--acknowledge")
        assert "before" in desk("referral", desk.reference(), "--acknowledge")
        assert [each[1] for each in desk.noted()] == ["acknowledged"]

    def test_what_is_written_to_the_person_is_asked_for_and_stands_in_no_command(self, desk: Desk) -> None:
        person, reference = Person(desk.opened, "5551208000", Channel.TELEGRAM), desk.reference()
        person.types("he hits my sister too")
        agrees(person)
        words = ("referral", reference, "--key", desk.lead, "--passphrase", PASSPHRASE, "--reply")
        done = desk.typing(*words, types=["When can we talk?"])
        assert done.exit_code == 0, done.output
        assert "Written." in done.output
        with desk.opened.sayso.store.read() as session:
            assert len(session.exec(select(RelayRow)).all()) == 1
        assert ("safeguarding lead", "wrote to the person", reference) in desk.noted()

    def test_is_saved_sealed_for_any_age_tool(self, desk: Desk) -> None:
        out = desk.folder / "out" / "one.age"
        desk("referral", desk.reference(), "--save", str(out))
        assert SAID.encode() in pyrage.decrypt(out.read_bytes(), [lead_identity()])
        assert [each[1] for each in desk.noted()] == ["saved"]

    def test_opens_for_the_deputy_and_for_nobody_else(self, desk: Desk) -> None:
        reference = desk.reference()
        wrong = desk.file("wrong.age", strangers_file())
        assert "does not open this" in desk.refused("referral", reference, "--key", wrong)
        assert "do not fit together" in desk.refused("referral", reference, "--key", desk.lead, passphrase="guessed")
        assert "no key file" in desk.refused("referral", reference, "--key", str(desk.folder / "gone.age"))
        assert "no referral 'C-NONE'" in desk.refused("referral", "C-NONE")
        assert {each.status for each in referrals(desk.opened.sayso.store)} == {"new"}
        assert SAID in desk("referral", reference, "--key", desk.deputy)
        assert [each[:2] for each in desk.noted()] == [
            ("a key that is not listed", "failed to read"),
            ("command line", "failed to unlock a key"),
            ("deputy", "read"),
            ("deputy", "acknowledged"),
        ]

    def test_shows_what_else_the_same_chat_wrote_and_no_other(self, desk: Desk) -> None:
        for chat, words in (("5551208000", "he hits my sister too"), ("777", "my uncle touches me")):
            person = Person(desk.opened, chat, Channel.TELEGRAM)
            person.begins(Audience.YOUNG_PERSON)
            person.types(words)
        found = {each.reference for each in referrals(desk.opened.sayso.store)}
        read = desk("referral", desk.reference(), "--key", desk.lead)
        told = ("he hits my sister too" in read) + (SAID in read), "my uncle" in read
        assert told in [(2, False), (0, True)]
        seen = {subject for _, act, subject in desk.noted() if act == "read"}
        assert seen < found, "what was not shown is not noted as read"


class TestKeys:
    def test_a_rotation_seals_to_the_new_key_at_once_and_resealing_brings_the_old(self, desk: Desk) -> None:
        reference, settings = desk.reference(), desk.opened.sayso.settings
        new = OpenedKey(pyrage.x25519.Identity.generate())
        add_lead_key(settings, new.public, Holder.LEAD, replaces=True)
        before = {each.reference for each in referrals(desk.opened.sayso.store)}
        Person(desk.opened, "9").types("my uncle touches me")  # the same process, not started again
        [fresh] = {each.reference for each in referrals(desk.opened.sayso.store)} - before
        assert "does not open" in desk.refused("referral", fresh, "--key", desk.lead)
        file = desk.file("new.age", key_file(new.identity))
        assert "my uncle touches me" in desk("referral", fresh, "--key", file)
        assert "does not open" in desk.refused("referral", reference, "--key", file)
        for _ in range(2):
            assert "2 referrals are sealed" in desk("safeguarding", "reseal", "--key", desk.deputy)
        assert SAID in desk("referral", reference, "--key", file)
        assert "does not open" in desk.refused("referral", reference, "--key", desk.lead)
        assert [each[1:] for each in desk.noted()].count(("sealed anew", "all referrals")) == 2

    def test_resealing_with_the_wrong_key_changes_nothing_and_says_so(self, desk: Desk) -> None:
        wrong = desk.file("wrong.age", strangers_file())
        assert "1 don't open with this key" in desk("safeguarding", "reseal", "--key", wrong)
        assert SAID in desk("referral", desk.reference(), "--key", desk.lead)

    @pytest.mark.parametrize("damaged", [b'{"keys": [', b"\xff\xfe\0\0"])
    def test_damaged_while_it_runs_those_that_were_read_last_are_sealed_to(
        self, desk: Desk, caplog: pytest.LogCaptureFixture, damaged: bytes
    ) -> None:
        (desk.opened.sayso.settings.key_folder / "safeguarding-leads.json").write_bytes(damaged)
        Person(desk.opened, "9").types("my uncle touches me")
        assert len(referrals(desk.opened.sayso.store)) == 2
        assert "keys can't be read" in caplog.text
        assert "is damaged. Put it back" in desk.refused("safeguarding", "keys")

    def test_they_are_listed_with_what_is_lost(self, desk: Desk) -> None:
        told = desk("safeguarding", "keys")
        assert f"{short(lead_key().public)} lead since" in told
        assert f"{short(deputy_key().public)} deputy since" in told
        assert "gone for good" in told
        assert "key of" not in told

    def test_a_key_is_made_for_a_deputy_and_replaced(self, desk: Desk) -> None:
        settings = desk.opened.sayso.settings
        told = desk("safeguarding", "key", str(desk.folder / "second.age"), "--for", "deputy", "--replace")
        assert "until 'sayso safeguarding reseal'" in told
        assert len(lead_keys(settings).of(Holder.DEPUTY)) == 1
        assert "of the deputy" in desk("safeguarding", "check-key", str(desk.folder / "second.age"))
        former = lead_keys(settings).find(deputy_key().public)
        assert former
        assert former.retired_on
        assert "retired on" in desk("safeguarding", "check-key", desk.deputy)
        assert "is there already" in desk.refused("safeguarding", "key", str(desk.folder / "second.age"))
        assert (desk.folder / "second.age").stat().st_mode & 0o777 == 0o600

    def test_a_key_of_elsewhere_is_told_as_such(self, desk: Desk) -> None:
        wrong = desk.file("wrong.age", strangers_file())
        assert "another Sayso" in desk.refused("safeguarding", "check-key", wrong)
        assert "do not fit" in desk.refused("safeguarding", "check-key", desk.lead, passphrase="guessed")


class TestBreakingGlass:
    @pytest.fixture
    def agreed(self, desk: Desk) -> Desk:
        """They agreed to be written to."""
        person = Person(desk.opened, "5551208000", Channel.TELEGRAM)
        person.types("he hits my sister too")
        agrees(person)
        return desk

    def test_takes_two_keys_and_the_words_and_is_noted(self, agreed: Desk) -> None:
        how = ("safeguarding", "break-glass", agreed.reference(), "--key", agreed.deputy, "--second", agreed.lead)
        done = agreed.typing(*how, types=["threat to life", PASSPHRASE, PASSPHRASE])
        assert done.exit_code == 0, done.output
        assert "Chat: 5551208000" in done.output
        assert "Telegram" in done.output
        acts = [act for who, act, _ in agreed.noted() if who == "two people"]
        assert acts[0] == "tried to break glass"
        assert acts[-1] == "broke glass"

    @pytest.mark.parametrize(
        ("first", "second", "why"),
        [
            ("lead", "lead", "takes two people"),
            ("deputy", "deputy", "takes two people"),
            ("lead", "other", "not in use"),
        ],
    )
    def test_one_person_is_not_enough(self, agreed: Desk, first: str, second: str, why: str) -> None:
        agreed.file("other.age", strangers_file())
        files = {"lead": agreed.lead, "deputy": agreed.deputy, "other": str(agreed.folder / "other.age")}
        how = ("safeguarding", "break-glass", agreed.reference(), "--key", files[first], "--second", files[second])
        done = agreed.typing(*how, types=["threat to life", PASSPHRASE, PASSPHRASE])
        assert why in str(done.exception)
        assert "5551208000" not in done.output
        assert [act for _, act, _ in agreed.noted()] == ["tried to break glass"]

    def test_a_retired_key_opens_nothing(self, agreed: Desk) -> None:
        add_lead_key(agreed.opened.sayso.settings, "age1" + "q" * 58, Holder.DEPUTY, replaces=True)
        how = ("safeguarding", "break-glass", agreed.reference(), "--key", agreed.lead, "--second", agreed.deputy)
        assert "is not in use" in str(agreed.typing(*how, types=["threat to life", PASSPHRASE, PASSPHRASE]).exception)

    def test_without_the_words_nothing_is_asked(self, agreed: Desk) -> None:
        how = ("safeguarding", "break-glass", agreed.reference(), "--key", agreed.lead, "--second", agreed.deputy)
        assert "Nothing was opened" in str(agreed.typing(*how, types=["why not"]).exception)
        assert agreed.noted() == []

    def test_a_page_is_not_found_and_its_receipt_not_shown(self, desk: Desk) -> None:
        receipt = "ZGBXFNQ8QFPGHC1NS90V"
        person = Person(desk.opened, receipt, Channel.WEB)
        person.types(SAID)
        agrees(person)
        [told] = [each.reference for each in referrals(desk.opened.sayso.store) if each.asks_contact]
        how = ("safeguarding", "break-glass", told, "--key", desk.lead, "--second", desk.deputy)
        done = desk.typing(*how, types=["threat to life", PASSPHRASE, PASSPHRASE])
        assert "nobody can be found by it" in done.output
        assert receipt not in done.output

    def test_a_chat_that_did_not_agree_is_behind_no_glass(self, desk: Desk) -> None:
        how = ("safeguarding", "break-glass", desk.reference(), "--key", desk.lead, "--second", desk.deputy)
        done = desk.typing(*how, types=["threat to life", PASSPHRASE, PASSPHRASE])
        assert "Nothing is kept of which chat this was" in str(done.exception)
