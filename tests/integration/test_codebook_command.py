"""`sayso codebook`: files in and out, and how it refuses."""

import json
from pathlib import Path

from analysis.codebook import load_codebook, shipped_codebook
from tests.integration.test_command_line import Shell, data, sayso

__all__ = ["data", "sayso"]  # fixtures


def test_a_codebook_goes_out_is_changed_and_comes_in_again(sayso: Shell, data: Path, tmp_path: Path) -> None:
    where = ("--data", str(data))
    for kind in ("yaml", "csv", "qdc"):
        out = sayso("codebook", "export", "our-say", "--as", kind, "--out", str(tmp_path), *where)
        assert out.code == 0, out.stderr
        assert "31 themes" in sayso("codebook", "check", str(tmp_path / f"every-child-matters.v1.{kind}")).stdout
    file = tmp_path / "every-child-matters.v1.csv"
    file.write_text(file.read_text().replace("Listening", "Being heard") + "dogs,Dogs,Animals.,,,theme,,,1\n")
    done = sayso("codebook", "import", str(file), "--for", "our-say", *where)
    assert "our-say is coded to every-child-matters (version 2)" in done.stdout
    assert "Dogs: added" in done.stdout
    assert "Being heard: changed" in done.stdout
    assert "must learn again" in done.stdout
    sayso("codebook", "export", "our-say", "--out", str(tmp_path), *where)
    after = load_codebook(tmp_path / "every-child-matters.v2.yaml")
    assert after.theme("listening").statements == shipped_codebook().theme("listening").statements
    assert after.uses("dogs")
    assert "made from version 1, and version 2 is in use" in sayso.refused(
        "codebook", "import", str(file), "--for", "our-say", *where
    )


def test_examples_are_taken_in_or_refused_with_their_row(sayso: Shell, data: Path, tmp_path: Path) -> None:
    file, where = tmp_path / "coded.jsonl", ("--data", str(data))
    rows = [
        {"id": "1", "text": "my worker Pauline Smith listens", "themes": ["listening"]},
        {"text": "x", "themes": []},
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    done = sayso("codebook", "teach", "our-say", str(file), *where)
    assert "2 examples were taken in. Something was hidden in 1." in done.stdout
    file.write_text(json.dumps({"text": "x", "themes": ["listenin"]}))
    said = sayso.refused("codebook", "teach", "our-say", str(file), *where)
    assert "coded.jsonl: row 1: 'listenin' is not a code" in said


def test_what_cannot_be_done_is_a_sentence(sayso: Shell, data: Path, tmp_path: Path) -> None:
    where = ("--data", str(data))
    bad = tmp_path / "c.qdc"
    bad.write_text("<CodeBook>")
    assert "not whole XML" in sayso.refused("codebook", "import", str(bad), "--for", "our-say", *where)
    assert "not whole XML" in sayso.refused("codebook", "check", str(bad))
    assert "can't be read" in sayso.refused("codebook", "check", str(tmp_path / "none.csv"))
    assert "Write one of: yaml, csv, qdc" in sayso.refused("codebook", "export", "our-say", "--as", "pdf", *where)
    assert "no consultation 'nowhere'" in sayso.refused("codebook", "export", "nowhere", *where)
