"""No log line shows what an exception says, in either form, wherever the exception comes up."""

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.cli.faults import UserFault
from bot.logs import Lines, described, quiet_loop

CANARY = "canary-4417-Aunt-Mabel"
FORMS = ("json", "text")
ENDS = """
import asyncio, gc, logging, sys, threading
from bot.logs import quiet_loop, set_up_logs

logging.basicConfig()
set_up_logs("{form}")
set_up_logs("{form}")


def fall(said="{canary}"):
    raise ValueError(said)


class Dropped:
    def __del__(self):
        fall()


async def main():
    quiet_loop(asyncio.get_running_loop())
    asyncio.get_running_loop().call_soon(fall, "{canary}")
    task = asyncio.create_task(falling())
    await asyncio.sleep(0.01)
    del task
    gc.collect()


async def falling():
    fall()


asyncio.run(main())
logging.getLogger("httpx").info("{canary}")
thread = threading.Thread(target=fall)
thread.start()
thread.join()
leaving = threading.Thread(target=sys.exit)
leaving.start()
leaving.join()
Dropped()
try:
    fall()
except ValueError:
    raise RuntimeError("{canary}")
"""


@pytest.fixture(autouse=True)
def _to_nobody_else() -> Iterator[None]:
    """A command that was tried earlier in this process may have set up the logs of everything."""
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, []
    yield
    root.handlers = handlers


@pytest.fixture(params=FORMS)
def logger(request: pytest.FixtureRequest) -> Iterator[logging.Logger]:
    """One of ours, that writes lines of each form."""
    made = logging.getLogger("sayso.tested")
    lines = Lines(request.param)
    made.addHandler(lines)
    made.setLevel(logging.INFO)
    yield made
    made.removeHandler(lines)


def fall() -> None:
    answer = CANARY
    try:
        raise KeyError(answer)
    except KeyError as error:
        worse = RuntimeError(f"(OperationalError) [parameters: ({answer!r}, 'bullying')]")
        worse.add_note(answer)
        raise worse from error


def caught() -> Exception:
    try:
        fall()
    except RuntimeError as error:
        return error
    raise AssertionError


def test_a_logged_exception_is_its_type_and_its_places(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logger.error("it fell", exc_info=caught(), stack_info=True)
    said = capsys.readouterr().err
    assert CANARY not in said
    assert "bullying" not in said
    assert "RuntimeError" in said
    assert "caused by KeyError" in said
    assert "tests/integration/test_logs.py:" in said
    assert " in fall" in said
    assert "/work" not in said


def test_nor_does_what_another_handler_made_of_it_reach_the_line(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    error = caught()
    record = logger.makeRecord("sayso.tested", logging.ERROR, "", 0, "it fell", (), (type(error), error, None))
    logging.Formatter().format(record)
    assert CANARY in (record.exc_text or ""), "nothing was made of it, so nothing was tested"
    logger.handle(record)
    assert CANARY not in capsys.readouterr().err


def test_an_exception_among_the_arguments_is_its_type_unless_its_words_are_ours(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logger.error("it fell (%s)", caught())
    logger.error(caught())
    logger.error("it waits. %s", UserFault("Set SAYSO_TELEGRAM_TOKEN."))
    said = capsys.readouterr().err
    assert CANARY not in said
    assert said.count("RuntimeError") == 2
    assert "it waits. Set SAYSO_TELEGRAM_TOKEN." in said


@pytest.mark.parametrize("form", FORMS)
def test_a_line_that_cannot_be_made_is_told_of_without_its_words(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    Lines(form).handle(logging.LogRecord("sayso.tested", logging.INFO, "", 0, "%d", (CANARY,), None))
    said = capsys.readouterr().err
    assert CANARY not in said
    assert "a line of sayso.tested could not be made (TypeError)" in said


def test_groups_circles_and_depths_come_to_an_end() -> None:
    first, second = ValueError(CANARY), ValueError(CANARY)
    first.__cause__, second.__cause__ = second, first
    lines = described(ExceptionGroup(CANARY, [first, second]))
    assert lines[0] == "ExceptionGroup"
    assert "one of these: ValueError" in lines
    assert len(lines) < 30
    assert CANARY not in "".join(lines)


def test_json_lines_hold_time_level_logger_message_and_our_extras(capsys: pytest.CaptureFixture[str]) -> None:
    line = written(capsys, "sayso.tested", "3 turns", extra={"turns": 3, "seconds": 0.5, "fault": caught()})
    at = datetime.fromisoformat(line.pop("time"))
    assert abs((datetime.now(UTC) - at).total_seconds()) < 60
    assert line == {
        "level": "WARNING",
        "logger": "sayso.tested",
        "message": "3 turns",
        "turns": 3,
        "seconds": 0.5,
        "fault": "RuntimeError",
    }


def test_json_lines_of_libraries_hold_no_extras(capsys: pytest.CaptureFixture[str]) -> None:
    line = written(capsys, "somebody.elses", "hello", extra={"request": CANARY}, exc_info=caught())
    assert set(line) == {"time", "level", "logger", "message", "exception"}
    assert line["exception"][0] == "RuntimeError"


def written(capsys: pytest.CaptureFixture[str], name: str, message: str, **more: Any) -> dict[str, Any]:
    logger, lines = logging.getLogger(name), Lines("json")
    logger.addHandler(lines)
    logger.warning(message, **more)
    logger.removeHandler(lines)
    line: dict[str, Any] = json.loads(capsys.readouterr().err)
    return line


def test_a_text_line_looks_as_it_always_has(capsys: pytest.CaptureFixture[str]) -> None:
    logger, lines = logging.getLogger("sayso.tested"), Lines("text")
    logger.addHandler(lines)
    logger.warning("the %s waits", "staff bot")
    logger.removeHandler(lines)
    assert capsys.readouterr().err == "WARNING sayso.tested: the staff bot waits\n"


async def test_a_loop_says_nothing_of_the_arguments_of_what_failed(caplog: pytest.LogCaptureFixture) -> None:
    loop = asyncio.get_running_loop()
    quiet_loop(loop)
    loop.call_exception_handler({"message": f"Exception in callback told({CANARY!r})", "exception": caught()})
    loop.call_exception_handler({"message": "Unclosed client session", "client_session": CANARY})
    assert [each.getMessage() for each in caplog.records] == ["a callback failed", "Unclosed client session"]


@pytest.mark.parametrize("form", FORMS)
def test_what_nobody_catches_says_no_more(form: str) -> None:
    program = ENDS.format(form=form, canary=CANARY)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=20)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert CANARY not in ended.stderr
    for sentence in (
        "a callback failed",
        "Task exception was never retrieved",
        "a thread ended by a fault",
        "a fault came up where nobody could be told",
        "Sayso ended by a fault",
    ):
        assert ended.stderr.count(sentence) == 1, (sentence, ended.stderr)
    assert "while handling ValueError" in ended.stderr
    assert "Traceback" not in ended.stderr
    if form == "json":
        assert {json.loads(line)["level"] for line in ended.stderr.splitlines()} == {"ERROR"}
