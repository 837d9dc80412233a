"""`sayso safeguarding arrangements` and `sign-off` as a lead runs them: file, key, passphrase, and what they read."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.wiring import add_lead_key
from consultation.domain.due import day_in_london
from consultation.safeguarding.lead_keys import Holder
from consultation.safeguarding.seal import LeadKey, new_lead_key
from tests.builders import settings_in
from tests.integration.test_command_line import HOW, Shell

WORDS = "five words of the lead"


@pytest.fixture
def sayso(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(monkeypatch, capsys)


@pytest.fixture(scope="module")
def key() -> LeadKey:
    """Made once: a passphrase takes a second."""
    return new_lead_key(WORDS)


def filled_in(file: Path) -> None:
    """By hand, as the notes in it ask for."""
    body, today = file.read_text(encoding="utf-8"), day_in_london(datetime.now(UTC))
    for place in ("lead", "deputy", "duty"):
        body = body.replace("  email:\n", f"  email: {place}@council.example\n", 1)
    file.write_text(re.sub(r"verified_on:.*", f"verified_on: {today}", body), encoding="utf-8")


def test_from_nothing_to_an_open_consultation(sayso: Shell, tmp_path: Path, key: LeadKey) -> None:
    data, file, private = tmp_path / "data", tmp_path / "ours.yaml", tmp_path / "lead.age"
    where = ("--data", str(data))
    private.write_bytes(key.private)
    assert sayso("migrate", *where).code == 0
    add_lead_key(settings_in(data), key.public)
    assert "has not signed anything off" in sayso.refused("open", "ours", *HOW, *where)

    assert sayso("safeguarding", "arrangements", str(file), *where).code == 0
    assert "nothing is written over it" in sayso.refused("safeguarding", "arrangements", str(file), *where)
    unasked = ("safeguarding", "sign-off", str(file), "--key", str(private), *where)
    sign = (*unasked, "--yes")
    assert re.search(r"ours.yaml, line \d+: 'Designated safeguarding lead' can't be", sayso.refused(*sign))
    filled_in(file)
    assert "do not fit together" in sayso.refused(*sign, SAYSO_LEAD_PASSPHRASE="not the words")
    assert sayso(*unasked, SAYSO_LEAD_PASSPHRASE=WORDS).code == 1, "nobody typed yes"
    assert "has not signed anything off" in sayso.refused("open", "ours", *HOW, *where)

    signed = sayso(*sign, "--contact", "signpost", SAYSO_LEAD_PASSPHRASE=WORDS)
    assert signed.code == 0, signed.stderr
    for seen in ("deputy@council.example", "15 minutes", "Childline, 0800 1111", "signpost: ", "Easy Read: ",
                 "press 55", "This chat isn't watched live.", "IN POLISH (Polski)", "Childline, 0800 1111: dla każdego",
                 "IN URDU (اردو)", "Sign-off 1"):  # fmt: skip
        assert seen in signed.stdout
    assert "opt_in" in sayso.refused("open", "ours", *HOW, *where)
    opened = sayso("open", "ours", *HOW, "--contact", "signpost", *where)
    assert opened.code == 0, opened.stderr
    shown = sayso("safeguarding", "sign-off", "--show", *where).stdout
    assert key.public[:12] in shown
    assert "✓ What runs is what was signed off." in shown

    again = tmp_path / "again.yaml"
    assert sayso("safeguarding", "arrangements", str(again), *where).code == 0
    assert again.read_text(encoding="utf-8") == file.read_text(encoding="utf-8"), "word for word, notes and all"


def test_without_a_yes_or_with_a_deputys_key_nothing_is_signed(sayso: Shell, tmp_path: Path, key: LeadKey) -> None:
    data, file, private = tmp_path / "data", tmp_path / "ours.yaml", tmp_path / "deputy.age"
    where = ("--data", str(data))
    private.write_bytes(key.private)
    assert sayso("migrate", *where).code == 0
    add_lead_key(settings_in(data), key.public, Holder.DEPUTY)
    assert sayso("safeguarding", "arrangements", str(file), *where).code == 0
    filled_in(file)
    sign = ("safeguarding", "sign-off", str(file), "--key", str(private), *where)
    assert "This is a deputy's key" in sayso.refused(*sign, "--yes", SAYSO_LEAD_PASSPHRASE=WORDS)
    assert "--key FILE" in sayso.refused("safeguarding", "sign-off", str(file), *where)
    assert "'sayso safeguarding arrangements FILE' writes" in sayso.refused("safeguarding", "sign-off", *where)
    assert "✗ The safeguarding lead has not" in sayso("safeguarding", "sign-off", "--show", *where).stdout
