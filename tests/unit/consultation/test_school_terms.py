"""Files of term dates: what ships is sound, and what is wrong in one is said with its line and how to mend it."""

from datetime import date
from pathlib import Path

import pytest

from consultation.content import BadFile
from consultation.school_terms import load_terms, shipped_terms

GOOD = """\
name: Norfolk
source: norfolk.gov.uk
terms:
  - {first: 2026-09-03, last: 2026-10-23}
  - {first: 2026-11-02, last: 2026-12-18}
"""


def loaded(text: str, folder: Path) -> object:
    path = folder / "norfolk.yaml"
    path.write_text(text)
    return load_terms(str(path)).days


def test_what_ships_is_sound() -> None:
    assert "cambridgeshire" in shipped_terms()
    for name in shipped_terms():
        assert load_terms(name).source


def test_an_officer_s_own_file(tmp_path: Path) -> None:
    days = loaded(GOOD, tmp_path)
    assert days == ((date(2026, 9, 3), date(2026, 10, 23)), (date(2026, 11, 2), date(2026, 12, 18)))


@pytest.mark.parametrize(
    ("change", "to", "told"),
    [
        ("last: 2026-10-23", "last: 2026-09-01", "line 4: it ends on 2026-09-01, before it begins on 2026-09-03"),
        ("first: 2026-11-02", "first: 2026-10-23", "line 3: the one from 2026-10-23 begins before the one from"),
        ("2026-12-18", "2026-12-32", "line 5"),
        ("last: 2026-12-18", "until: 2026-12-18", "line 5"),
        ("source: norfolk.gov.uk\n", "", "'source' is missing"),
        (GOOD[GOOD.index("terms") :], "terms: []\n", "line 3"),
    ],
)
def test_a_fault_is_told_with_its_line(change: str, to: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(BadFile) as fault:
        loaded(GOOD.replace(change, to), tmp_path)
    assert told in str(fault.value)


def test_a_name_that_does_not_ship_is_told_what_does() -> None:
    with pytest.raises(BadFile, match=r"no term dates ship under this name. There are: .*cambridgeshire"):
        load_terms("atlantis")
    with pytest.raises(BadFile, match="there is no such file"):
        load_terms("atlantis.yaml")
