"""How log lines look: JSON or text, and in both an exception without its message, its values or its source.

An exception's own words may hold an answer, a statement's parameters or a token in an address. What is printed is its
type and where in the code it came from, wherever it comes up: a logger, a thread, an event loop, the end of Sayso.
"""

import asyncio
import copy
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from time import gmtime
from traceback import walk_tb
from typing import Any

from pythonjsonlogger.json import JsonFormatter

OURS = {"bot", "consultation", "analysis"}  # packages whose exceptions carry sentences that we wrote
DEEPEST, MOST_FRAMES = 5, 30
RENAMED = {"asctime": "time", "levelname": "level", "name": "logger", "exc_info": "exception"}
# What event loops say that names no callback, whose arguments could be anything.
KNOWN_TROUBLES = ("Task exception was never retrieved", "Future exception was never retrieved",
                  "Task was destroyed but it is pending!", "Unclosed client session", "Unclosed connector")  # fmt: skip
# They log addresses, and tokens in URLs, at INFO.
TALKATIVE = ("alembic", "httpx", "httpcore", "aiogram.event", "aiogram.dispatcher", "telegram", "apscheduler",
             "uvicorn.access")  # fmt: skip
log = logging.getLogger("sayso.faults")


def set_up_logs(form: str) -> None:
    """Lines to stderr as "json" or "text", all uncaught exceptions among them. Doing it again is harmless.

    uvicorn must be given `log_config=None`, else it sets up handlers of its own, which print exceptions whole.
    """
    lines = Lines(form)
    for each in list(logging.root.handlers):
        if type(each) in (logging.StreamHandler, Lines):  # basicConfig's would print exceptions whole
            logging.root.removeHandler(each)
    logging.root.addHandler(lines)
    logging.root.setLevel(logging.INFO)
    quieten_libraries()
    sys.excepthook = lambda kind, error, trace: _report("Sayso ended by a fault", error)
    threading.excepthook = lambda seen: _report("a thread ended by a fault", seen.exc_value)
    sys.unraisablehook = lambda seen: _report("a fault came up where nobody could be told", seen.exc_value)


def quieten_libraries() -> None:
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def quiet_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Faults of this loop's tasks and callbacks come out like all others."""

    def tell(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        said = context.get("message")
        _report(said if said in KNOWN_TROUBLES else "a callback failed", context.get("exception"))

    loop.set_exception_handler(tell)


def described(error: BaseException, how: str = "", deepest: int = DEEPEST) -> list[str]:
    """An exception as its type and its places in the code, the innermost last; then those that it came of."""
    steps = walk_tb(error.__traceback__)
    places = [f"  {_short(frame.f_code.co_filename)}:{line} in {frame.f_code.co_name}" for frame, line in steps]
    lines = [how + _kind(error), *places[-MOST_FRAMES:]]
    for whence, each in _related(error) if deepest else ():
        lines += described(each, whence, deepest - 1)
    return lines


def _related(error: BaseException) -> Iterator[tuple[str, BaseException]]:
    if error.__cause__ is not None:
        yield "caused by ", error.__cause__
    elif error.__context__ is not None and not error.__suppress_context__:
        yield "while handling ", error.__context__
    if isinstance(error, BaseExceptionGroup):
        yield from (("one of these: ", each) for each in error.exceptions)


def _report(sentence: str, error: BaseException | None) -> None:
    if not isinstance(error, SystemExit):  # how a thread ends itself
        log.error(sentence, exc_info=error)


def _kind(value: object) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _short(file: str) -> str:
    """A file below the folder that it is imported from, for the folders above it name machines and people."""
    folders = [each for each in sys.path if each and file.startswith(each.rstrip("/") + "/")]
    return file.removeprefix(max(folders, key=len, default=file.rpartition("/")[0])).lstrip("/")


def _cleaned(record: logging.LogRecord) -> logging.LogRecord:
    """A copy in which other people's exceptions are their types, and which shows no source."""
    clean = copy.copy(record)
    clean.msg = str(_told(record.msg))
    clean.args = tuple(map(_told, record.args)) if isinstance(record.args, tuple) else record.args
    clean.exc_text = clean.stack_info = None  # the first is what another handler made of the exception
    return clean


def _told(said: object) -> object:
    foreign = isinstance(said, BaseException) and type(said).__module__.partition(".")[0] not in OURS
    return _kind(said) if foreign else said


class Lines(logging.Handler):
    """Writes to stderr, whatever that is by then; a record that makes no line is told of without its words."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.setFormatter(JsonLines() if form == "json" else TextLines("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(_cleaned(record))
        except Exception as error:  # logging's own answer is to print the arguments
            told = f"a line of {record.name} could not be made ({_kind(error)})"
            line = self.format(logging.LogRecord(log.name, logging.ERROR, "", 0, told, None, None))
        with suppress(OSError, ValueError):  # nobody reads it any more
            sys.stderr.write(line + "\n")
            sys.stderr.flush()


class TextLines(logging.Formatter):
    def formatException(self, ei: Any) -> str:
        return "\n".join(described(ei[1]) if ei[1] else [])


class JsonLines(JsonFormatter):
    """One object a line. Fields given through `extra=` are kept where the logger is ours, for we chose those."""

    def __init__(self) -> None:
        fields = ["asctime", "levelname", "name", "message"]
        super().__init__(fields, "%Y-%m-%dT%H:%M:%SZ", rename_fields=RENAMED, json_default=_kind)
        self.converter = gmtime

    def formatException(self, ei: Any) -> list[str]:  # type: ignore[override]  # as JsonFormatter's own may
        return described(ei[1]) if ei[1] else []

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        ours = log_data["logger"].partition(".")[0] == "sayso"
        return {key: value for key, value in log_data.items() if ours or key in {*RENAMED.values(), "message"}}
