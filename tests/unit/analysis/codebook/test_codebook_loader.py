"""A codebook file is read whole, or refused with file, line and how to mend it."""

from pathlib import Path

import pytest

from analysis.codebook.loader import load_codebook
from consultation.content import BadFile

THEMES_ONLY = """\
codebook: nhs
version: 1
themes:
  - id: food
    name: Meals
    definition: What patients eat.
  - id: CAMHS
    name: CAMHS waits
    definition: Waiting for CAMHS.
"""

FULL = """\
codebook: small
version: 2
outcomes:
  - id: safe
    definition: Being safe.
themes:
  - id: listening
    guid: 11111111-1111-4111-8111-111111111111
    definition: Being heard.
    tell_us:
      young_person: they want to be heard
    tell_us_in:
      safe:
        staff: listening matters
    workforce: listens
    workforce_in:
      safe: listens at once
  - id: transport
    definition: Getting there.
"""


def _file(folder: Path, text: str) -> Path:
    path = folder / "codebook.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_codebook_of_themes_alone_loads(tmp_path: Path) -> None:
    codebook = load_codebook(_file(tmp_path, THEMES_ONLY))
    assert (codebook.id, codebook.version, codebook.outcomes) == ("nhs", 1, ())
    assert codebook.theme_ids == ("food", "CAMHS")
    assert codebook.theme("food").tells_us("parent_carer") == "about meals"
    assert codebook.theme("CAMHS").topic == "CAMHS waits"


def test_a_codebook_written_as_names_and_definitions_loads(tmp_path: Path) -> None:
    themes = "themes:\n  food: What patients eat.\n  waiting: {name: Waits, definition: Long.}\n"
    text = "outcomes: {safe: Being safe}\n" + themes
    codebook = load_codebook(_file(tmp_path, text))
    assert (codebook.id, codebook.version) == ("codebook", 1)
    assert codebook.outcome("safe").facet == "outcome"
    assert codebook.theme("food").name == "Food"
    assert codebook.theme("waiting").definition == "Long."


def test_a_guid_that_the_file_leaves_out_is_the_same_at_every_loading(tmp_path: Path) -> None:
    first, again = (load_codebook(_file(tmp_path, THEMES_ONLY)) for _ in range(2))
    assert [each.guid for each in first.themes] == [each.guid for each in again.themes]
    assert len({each.guid for each in first.themes}) == 2


def test_a_retired_code_is_kept_apart(tmp_path: Path) -> None:
    codebook = load_codebook(_file(tmp_path, THEMES_ONLY + "    retired: true\n"))
    assert codebook.theme_ids == ("food",)
    assert codebook.code("CAMHS").retired


@pytest.mark.parametrize(
    ("right", "wrong", "line", "mend"),
    [
        ("  - id: transport\n", "  - id: listening\n", 18, "'listening' is taken under themes"),
        ("  - id: transport\n", "  - id: safe\n", 18, "'safe' is taken under outcomes. Give this code another id"),
        ("    definition: Getting there.\n", "    name: Buses\n", 18, "Add a line 'definition: …'"),
        ("      safe:\n        staff", "      saef:\n        staff", 13, "Did you mean 'safe'?"),
        ("      safe: listens at", "      happy: listens at", 17, "Write one of: safe"),
        ("        staff: l", "        stuff: l", 14, "'stuff' is not an audience. Did you mean 'staff'?"),
        ("      young_person:", "      pupils:", 11, "Write one of: young_person, parent_carer, staff"),
        ("    workforce: listens", "    workfroce: listens", 15, "Check the spelling"),
        ("version: 2", "version: two", 2, "version: input should be a valid integer"),
        ("version: 2", "version: 0", 2, "version"),
        ("guid: 11111111-1111-4111-8111-111111111111", "guid: 1111", 8, "guid"),
        ("  - id: transport\n", "  - id: two words\n", 18, "id"),
    ],
)
def test_a_fault_is_told_with_its_line_and_how_to_mend_it(
    tmp_path: Path, right: str, wrong: str, line: int, mend: str
) -> None:
    assert FULL.count(right) == 1
    with pytest.raises(BadFile) as caught:
        load_codebook(_file(tmp_path, FULL.replace(right, wrong)))
    assert caught.value.line == line
    assert str(caught.value).startswith(f"codebook.yaml, line {line}: ")
    assert mend in str(caught.value)


def test_two_codes_cannot_share_a_guid(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="line 20: 'transport' has the GUID of 'listening'"):
        load_codebook(_file(tmp_path, FULL + "    guid: 11111111-1111-4111-8111-111111111111\n"))


def test_an_outcome_named_where_there_are_none_is_refused(tmp_path: Path) -> None:
    text = THEMES_ONLY + "    workforce_in:\n      safe: listens\n"
    with pytest.raises(BadFile, match="line 11: 'safe' is not an outcome of this codebook: it has none"):
        load_codebook(_file(tmp_path, text))


def test_a_fault_in_the_short_form_has_its_line_too(tmp_path: Path) -> None:
    text = "outcomes:\n  safe: Being safe.\nthemes:\n  food: Meals.\n  safe: Safety.\n"
    with pytest.raises(BadFile, match="line 5: the id 'safe' is taken under outcomes"):
        load_codebook(_file(tmp_path, text))


def test_a_codebook_without_a_theme_in_use_is_refused(tmp_path: Path) -> None:
    text = "themes:\n  - id: food\n    definition: Meals.\n    retired: true\n"
    with pytest.raises(BadFile, match="line 2: every theme is retired"):
        load_codebook(_file(tmp_path, text))
