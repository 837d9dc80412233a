"""Closing through its doors: commands, a server that runs, pages; and a closing that is killed at any moment."""

import io
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from sqlmodel import SQLModel, select
from starlette.testclient import TestClient

from bot.cli.commands import main
from bot.closings import certificates_key
from bot.scheduler import light_operations
from bot.web.app import create_app, staff_secret
from bot.web.security import Passes, Role
from consultation.domain.consultation import Audience, Channel
from consultation.domain.due import closing
from consultation.operations.due_work import do_what_is_due
from consultation.privacy.certificates import Verdict, verify
from consultation.storage import audit
from consultation.storage.keys import KeyFolder
from consultation.storage.postgres import postgres_url
from consultation.storage.store import Store, open_store
from consultation.storage.tables import (
    AnswerRow,
    CertificateRow,
    ClosingRow,
    ConversationRow,
    InboxRow,
    OutboxRow,
    ResponseRow,
)
from tests.builders import Opened, Person, open_consultation
from tests.contracts.databases import as_setting, cluster, kind, running

__all__ = ["cluster", "kind"]  # fixtures
LINKS: tuple[type[SQLModel], ...] = (ConversationRow, OutboxRow, InboxRow)


def people(opened: Opened, count: int = 3) -> None:
    for chat in range(count):
        person = Person(opened, str(1000 + chat), Channel.TELEGRAM)
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("good_worker")
        person.types("she listens to us")


# -- killed --------------------------------------------------------------------------------------------------------

RANDOM_KILLS = 5
AFTER = 12  # moments after a step was noted it is committed, and the next has hardly begun


class Nursery:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def closes(self, opened: Opened, data: Path, url: str | None, at: int = 0) -> dict[str, Any]:
        order = {"data": str(data), "url": url, "wave": opened.wave.id, "at": at}
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(order), file=self._process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    command = [sys.executable, "-m", "tests.integration.killed_closing"]
    with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Nursery(process)
        process.kill()


@pytest.mark.timeout(300)
def test_killed_at_any_moment_it_finishes_at_the_next_start_with_one_certificate(
    kind: str, tmp_path: Path, nursery: Nursery
) -> None:
    seed = int(os.environ.get("CLOSING_SEED", 1 if os.environ.get("CI") else secrets.randbits(32)))
    print(f"CLOSING_SEED={seed}")
    with ExitStack() as databases:
        url = databases.enter_context(running().fresh()) if kind == "postgresql" else None
        opened = open_consultation(tmp_path / "data", database_url=as_setting(url) if url else None)
        people(opened)
        with opened.sayso.store.read() as session:
            kept = [len(session.exec(select(each)).all()) for each in (ResponseRow, AnswerRow)]
        opened.sayso.store.close()

        @contextmanager
        def copy(name: str) -> Iterator[tuple[Path, str | None]]:
            """The same before its close."""
            for part in ("data", "data-keys"):
                if (tmp_path / part).exists():
                    shutil.copytree(tmp_path / part, tmp_path / part.replace("data", name))
            if url is None:
                yield tmp_path / name, None
            else:
                with running().fresh(template=url.database or "") as place:
                    yield tmp_path / name, as_setting(place)

        with copy("whole") as place:
            whole = nursery.closes(opened, *place)
        assert whole["status"] == 0
        # As a step is noted but not committed; soon after that; at the very start; and whenever chance will have it.
        at_steps = [3, *whole["steps"], *(each + AFTER for each in whole["steps"][:-1])]
        by_chance = [Random(seed).randrange(1, whole["moments"]) for _ in range(RANDOM_KILLS)]
        steps = set()
        for number, at in enumerate(at_steps + by_chance):
            with copy(f"killed-{number}") as place:
                assert nursery.closes(opened, *place, at=at)["status"] == -9, at
                steps.add(step_of(opened, *place))
                if at in by_chance:  # and once more, on its way
                    assert nursery.closes(opened, *place, at=max(1, at // 2))["status"] in (-9, 0)
                assert nursery.closes(opened, *place)["status"] == 0
                check(opened, *place, kept)
    assert steps >= {None, "begun", "noted", "forgotten", "scanned", "destroyed"}, steps


def stored(data: Path, url: str | None) -> Store:
    return open_store(postgres_url(url) if url else data / "sayso.db")


def step_of(opened: Opened, data: Path, url: str | None) -> str | None:
    store = stored(data, url)
    with store.read() as session:
        row = session.get(ClosingRow, opened.wave.id)
        step = row.step if row else None
    store.close()
    return step


def check(opened: Opened, data: Path, url: str | None, kept: list[int]) -> None:
    keys = KeyFolder(data.with_name(f"{data.name}-keys"))
    store = stored(data, url)
    with store.read() as session:
        [certificate] = session.exec(select(CertificateRow)).all()
        assert verify(certificate.body, certificates_key(keys)) is Verdict.INTACT
        assert [each.act for each in audit.entries(session)] == ["signed off the arrangements", "close"]
        assert [len(session.exec(select(each)).all()) for each in LINKS] == [0, 0, 0]
        assert [len(session.exec(select(each)).all()) for each in (ResponseRow, AnswerRow)] == kept
    store.close()
    names = {each.name for each in keys.folder.iterdir() if not each.name.startswith(".certificates")}
    assert names == {"certificates.secret", "safeguarding-leads.json"}
    assert opened.wave.consultation.id not in str(sorted(keys.folder.iterdir()))


# -- the commands --------------------------------------------------------------------------------------------------


class Said:
    def __init__(self, code: int, out: str) -> None:
        self.code, self.out = code, out


@pytest.fixture
def sayso(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """The command line, with nothing of this machine's settings."""
    monkeypatch.chdir(os.environ.get("TMPDIR", "/tmp"))

    def run(*arguments: object) -> Said:
        with pytest.raises(SystemExit) as end:
            main([str(each) for each in arguments])
        told = capsys.readouterr()
        return Said(end.value.code if isinstance(end.value.code, int) else 0, told.out + told.err)

    return run


def test_close_certificate_and_verify(opened: Opened, sayso: Callable[..., Said], tmp_path: Path) -> None:
    people(opened)
    opened.sayso.store.close()
    data, out = ("--data", opened.folder), tmp_path / "out" / "our.json"
    refused = sayso("certificate", "have-your-say", "--out", out, *data)
    assert (refused.code, out.exists()) == (2, False)
    assert "is not closed" in refused.out
    closed = sayso("close", "have-your-say", "--yes", *data)
    assert (closed.code, "takes no more answers" in closed.out, "Closed. Its certificate" in closed.out) == (
        0,
        True,
        True,
    )
    assert "closed already" in sayso("close", "have-your-say", "--yes", *data).out
    key = sayso("certificate", "have-your-say", "--out", out, *data).out.split("signed with ")[1].strip()
    assert sayso("verify", out).code == 0
    assert sayso("verify", out, "--key", key).code == 0
    assert sayso("verify", out, "--key", "A" * 43).code == 3
    text = out.read_text()
    out.write_text(text.replace("a few", "none", 1))
    changed = sayso("verify", out, "--key", key)
    assert (changed.code, changed.out[:9]) == (1, "✗ changed")
    out.write_bytes(b"\xff\xfe no JSON")
    assert sayso("verify", out).code == 4
    assert sayso("verify", tmp_path / "nowhere.json").code == 2
    assert sayso("close", "no-such", "--yes", *data).code == 2


def test_close_asks_and_takes_nothing_but_the_name(
    opened: Opened, sayso: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.sayso.store.close()
    for typed in ("yes\n", "\n", ""):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        assert sayso("close", "have-your-say", "--data", opened.folder).code != 0
        assert opened.sayso.keys.key(opened.wave.consultation.id)
    monkeypatch.setattr("sys.stdin", io.StringIO("have-your-say\n"))
    assert sayso("close", "have-your-say", "--data", opened.folder).code == 0


def test_what_is_in_the_way_is_a_sentence_and_doing_it_again_finishes(
    opened: Opened, sayso: Callable[..., Said]
) -> None:
    people(opened)
    copy = opened.folder / "before-migrating.db"
    shutil.copy(opened.folder / "sayso.db", copy)
    opened.sayso.store.close()
    shutil.copy(opened.folder / "sayso.db", copy)
    refused = sayso("close", "have-your-say", "--yes", "--data", opened.folder)
    assert refused.code == 2
    assert f"still in {copy}" in " ".join(refused.out.split())
    assert "Then run 'sayso close have-your-say' again" in refused.out
    copy.unlink()
    assert sayso("close", "have-your-say", "--yes", "--data", opened.folder).code == 0


def test_a_folder_that_is_served_is_closed_by_who_serves_it(opened: Opened) -> None:
    people(opened)
    store = opened.sayso.store
    store.database.begin_serving()
    command = [
        sys.executable,
        "-c",
        "from bot.cli import main; main()",
        "close",
        "have-your-say",
        "--yes",
        "--data",
        str(opened.folder),
    ]
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as asks:
        assert asks.stdout
        assert "takes no more answers" in asks.stdout.readline()
        assert "Another process of Sayso" in asks.stdout.readline()
        now = opened.sayso.desk.now()
        went = do_what_is_due(store, now, {"close": light_operations(opened.sayso, now)["close"]})
        assert went == [("close", "done")]
        assert "Closed. Its certificate" in asks.communicate(timeout=60)[0]
        assert asks.returncode == 0


# -- the pages -----------------------------------------------------------------------------------------------------


async def test_the_certificate_is_for_everybody_and_officers_find_the_way_to_it(opened: Opened) -> None:
    people(opened)
    sayso, over = opened.sayso, closing(opened.wave.closes_on)

    transport = httpx.ASGITransport(app=create_app(sayso))
    async with httpx.AsyncClient(transport=transport, base_url="http://sayso.test") as client:
        for page in ("certificate", "certificate.json"):
            early = await client.get(f"/c/have-your-say/{page}")
            assert early.status_code == 404
            assert "no certificate here yet" in early.text
        light_operations(sayso, over)["close"](opened.wave.id)
        found = await client.get("/c/have-your-say/certificate")
        assert found.status_code == 200
        assert "a few" in found.text
        file = await client.get("/c/have-your-say/certificate.json")
        key = certificates_key(sayso.keys)
        assert verify(file.text, key) is Verdict.INTACT
        assert file.headers["content-disposition"] == 'attachment; filename="have-your-say-certificate.json"'
        cookie = Passes(staff_secret(sayso.settings.key_folder)).cookie(Role.OFFICER)
        client.cookies.set("sayso_staff", cookie)
        console = await client.get("/staff/consultations")
        assert "/c/have-your-say/certificate" in console.text
        assert key in console.text
        with sayso.store.write() as session:
            session.get_one(CertificateRow, opened.wave.id).body = file.text.replace("a few", "none")
        assert (await client.get("/c/have-your-say/certificate")).status_code == 404, "a changed one is shown as good"


def test_who_comes_back_to_a_closed_talk_on_the_web_is_told_and_helped(opened: Opened) -> None:
    client = TestClient(create_app(opened.sayso))
    client.post("/c/have-your-say/begin", data={"audience": "young-person", "nonce": "n"})
    assert "13 to 15" in client.get("/c/have-your-say/talk").text
    light_operations(opened.sayso, closing(opened.wave.closes_on))["close"](opened.wave.id)
    opened.sayso.waves._found.clear()  # two seconds later
    page = client.get("/c/have-your-say/talk")
    assert page.status_code == 200
    assert "13 to 15" not in page.text
    assert "ended" in page.text
    told = client.post("/c/have-your-say/talk", data={"text": "im going to kill myself tonight", "nonce": "2"})
    assert told.status_code == 200
    assert "999" in told.text
    assert client.post("/c/have-your-say/begin", data={"nonce": "3"}).status_code == 200
    with opened.sayso.store.read() as session:
        assert session.exec(select(ConversationRow)).all() == []
