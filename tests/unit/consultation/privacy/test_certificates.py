"""The certificate: the same facts give the same text, whatever is changed shows, and no small count stands in it."""

import base64
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from consultation.domain.consultation import Consultation, Wave
from consultation.domain.ids import ConsultationId, SurveyId, WaveId
from consultation.privacy.certificates import Facts, Verdict, certificate, public_key, read, say_count, sign, verify

KEY, FORGER = b"k" * 32, b"f" * 32
WAVE = Wave(
    WaveId("w"),
    Consultation(ConsultationId("c"), "our-say", "What do you want? “Ünïcode”", "Our council", "p", "d", "f", False),
    SurveyId("s"), 1, date(2026, 11, 1), date(2026, 11, 30),
)  # fmt: skip
FACTS = Facts(
    wave=WAVE, closed_on=date(2026, 12, 1), version="0.1.0",
    destroyed={"conversations": "about 120", "messages_waiting": "none", "update_marks": "a few"},
    files=5, megabytes=2,
)  # fmt: skip
SIGNED = sign(certificate(FACTS), KEY)


def paths(found: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """To every value in it."""
    if isinstance(found, dict):
        return [each for name, value in found.items() for each in paths(value, (*path, name))]
    if isinstance(found, list):
        return [each for at, value in enumerate(found) for each in paths(value, (*path, at))]
    return [path]


def changed(path: tuple[Any, ...], by: Any) -> str:
    found = json.loads(SIGNED)
    at = found
    for each in path[:-1]:
        at = at[each]
    at[path[-1]] = by
    return json.dumps(found)


def test_the_same_facts_give_the_same_text() -> None:
    assert sign(certificate(FACTS), KEY) == SIGNED


def test_as_signed_it_is_intact_however_it_is_laid_out() -> None:
    assert verify(SIGNED) is Verdict.INTACT
    assert verify(json.dumps(json.loads(SIGNED), sort_keys=True, indent=None)) is Verdict.INTACT
    assert verify(SIGNED, public_key(KEY)) is Verdict.INTACT


def test_every_change_shows() -> None:
    tried = 0
    for path in paths(json.loads(SIGNED)):
        for by in tuple[Any, ...](("changed", 7, None, [])):
            found = verify(changed(path, by))
            allowed = {Verdict.CHANGED}
            if path in (("form",), ("public_key",), ("signature",)):
                allowed.add(Verdict.NO_CERTIFICATE)
            assert found in allowed, (path, by)
            tried += 1
    assert tried > 80


def test_what_is_added_or_left_out_shows() -> None:
    found = json.loads(SIGNED)
    assert verify(json.dumps({**found, "note": "also fine"})) is Verdict.CHANGED
    assert verify(json.dumps({name: value for name, value in found.items() if name != "remarks"})) is Verdict.CHANGED


def test_a_name_that_stands_twice_is_no_certificate() -> None:
    """One reader would take the first and another the last."""
    twice = SIGNED.replace('"found": 0', '"found": 7, "found": 0')
    assert json.loads(twice) == json.loads(SIGNED)
    assert verify(twice) is Verdict.NO_CERTIFICATE


def test_another_key_shows_where_one_is_named() -> None:
    forged = sign({**certificate(FACTS), "summary": ["All is well."]}, FORGER)
    assert verify(forged) is Verdict.INTACT, "by itself it can't tell"
    assert verify(forged, public_key(KEY)) is Verdict.OTHER_KEY


def test_the_signature_is_ed25519_over_the_text_that_anybody_can_make() -> None:
    """Verified here with nothing of Sayso's."""
    found = json.loads(SIGNED)
    signature = found.pop("signature")
    text = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    mine = Ed25519PrivateKey.from_private_bytes(KEY).sign(text)
    assert signature.encode() == base64.urlsafe_b64encode(mine).rstrip(b"=")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"form": "other"}', "[" * 100_000, "NaN", "\ud800"])
def test_other_files_are_no_certificates(text: str) -> None:
    assert verify(text) is Verdict.NO_CERTIFICATE
    assert read(text) is None


@given(st.text(max_size=60), st.integers(0, len(SIGNED) - 1), st.integers(0, 40))
def test_no_text_put_in_anywhere_breaks_it_or_passes(put: str, at: int, over: int) -> None:
    text = SIGNED[:at] + put + SIGNED[at + over :]
    try:
        same = json.loads(text) == json.loads(SIGNED)
    except ValueError:
        same = False
    assert (verify(text) is Verdict.INTACT) <= same


def test_counts_are_words_that_single_nobody_out() -> None:
    assert [say_count(each) for each in (None, 0, 10)] == ["a few", "none", "about 10"]


def test_it_says_what_was_lost_and_what_postgresql_needs() -> None:
    assert certificate(FACTS)["remarks"] == []
    lost = certificate(replace(FACTS, key_was_lost=True, list_was_lost=True))
    assert [each[:7] for each in lost["remarks"]] == ["The key", "The lis"]
    assert "pg_wal" not in str(certificate(FACTS))
    assert "pg_wal" in str(certificate(replace(FACTS, postgresql=True))["operator_must"])


def test_a_young_person_can_read_the_summary() -> None:
    """No word of it needs explaining, and no sentence is long."""
    sentences = [each for part in certificate(FACTS)["summary"] for each in part.split(". ")]
    assert max(len(each.split()) for each in sentences) <= 32
    assert "cryptograph" not in str(sentences)


def test_reading_one_needs_no_database(tmp_path: Path) -> None:
    modules = (
        "import sys, consultation.privacy.certificates; print(sum(each.startswith('sqlal') for each in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", modules], capture_output=True, check=True).stdout.strip() == b"0"
