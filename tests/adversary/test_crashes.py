"""What a crash leaves behind while words as they were written are in memory: no core, no traceback that quotes them,
no temporary file."""

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import open_consultation

SECRET = "Tracey Okonkwo at Quillfeather House"
CHAT = "5551208877"
# Somebody has written, the words are being read, and whatever reads them gives way in a way that nobody expects.
FALLS = f"""
import os
import sys
from dataclasses import replace
from pathlib import Path
from bot.logs import set_up_logs
from bot.wiring import wire
from consultation.domain.consultation import Channel
from consultation.domain.text import RawText
from consultation.operations.converse import Incoming, Typed, converse
from tests.builders import Calendar, settings_in

class GivesWay(BaseException):
    pass

class Fragile:
    def detect(self, text):
        words = text
        raise GivesWay(words)

sayso = wire(settings_in(Path(sys.argv[1])), today=Calendar())
(wave,) = sayso.waves.open_on(sayso.desk.today())
desk = replace(sayso.desk, detector=Fragile())
form = "text" if os.fork() else "json"
if form == "text":
    os.wait()
set_up_logs(form)
converse(desk, wave, Incoming(Channel.TELEGRAM, "{CHAT}", "1", Typed(RawText("{SECRET}"))))
"""
DUMPS = "import os; words = ' '.join(input().split()); os.abort()"
SAYSO = f"""
from bot.cli.commands import main
try:
    main(["check", "no-such-file.yaml"])
except SystemExit:
    {DUMPS}
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    opened = open_consultation(tmp_path / "data")
    opened.sayso.store.close()
    return opened.folder


def environment(folder: Path) -> dict[str, str]:
    """With a folder of its own for temporary files."""
    (folder / "temporary").mkdir()
    return {**os.environ, "TMPDIR": str(folder / "temporary"), "SQLITE_TMPDIR": str(folder / "temporary")}


def test_no_traceback_quotes_anybody(data: Path, tmp_path: Path) -> None:
    """In either form of the log."""
    command = [sys.executable, "-c", FALLS, str(data)]
    fallen = subprocess.run(command, capture_output=True, env=environment(tmp_path), check=False)
    said = fallen.stdout + fallen.stderr
    assert said.count(b"GivesWay") >= 2, "the crash left no line, so that nobody could mend it"
    assert quoted(said) == []
    files = {path: quoted(path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file()}
    assert {path: found for path, found in files.items() if found} == {}


def test_no_core_is_left(tmp_path: Path) -> None:
    """Aborted with the words in hand, under limits and in a folder by which others leave one."""
    left = cores_of(DUMPS, tmp_path / "other")
    if not left:
        pytest.skip("this system writes no core files into the folder of a process, for anybody")
    assert quoted(left[0].read_bytes()), "the core that others leave does not hold the words"
    assert cores_of(SAYSO, tmp_path / "ours") == []


def cores_of(source: str, folder: Path) -> list[Path]:
    """What lies in the folder after this was run, given the words, and aborted itself."""
    folder.mkdir()
    command = f"ulimit -c unlimited; exec {sys.executable} -c {shlex.quote(source)}"
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run(  # noqa: S602
        command, shell=True, cwd=folder, env=paths, input=SECRET.encode(), capture_output=True, check=False
    )
    assert ended.returncode == -signal.SIGABRT, ended.stderr
    return [each for each in folder.rglob("*") if each.is_file()]


def quoted(said: bytes) -> list[str]:
    return [each for each in (*SECRET.split(), CHAT) if len(each) > 3 and each.lower().encode() in said.lower()]
