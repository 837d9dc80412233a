"""A process that closes a wave in children of its own, each of which is killed at a moment that it is told.

Orders come in and answers go out as lines of JSON. A moment is the so-manieth call or return of a function of the
consultation's; a child that lives to the end says how many there were, and at which ones a step was noted.
"""

import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import psycopg  # noqa: F401 - else every child would load it for itself

from bot.closings import close
from consultation.domain.ids import WaveId
from consultation.operations.scan import scan_files
from consultation.storage.closings import note
from consultation.storage.keys import KeyFolder
from consultation.storage.postgres import postgres_url
from consultation.storage.store import open_store
from tests.builders import settings_in

OVER = datetime(2027, 2, 1, 0, 1, tzinfo=UTC)
OURS = str(Path(scan_files.__code__.co_filename).parents[1])


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        heard, says = os.pipe()
        child = os.fork()
        if child == 0:
            _close(order, says)
        os.close(says)
        with os.fdopen(heard) as told:
            said = told.read()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps({"status": status} | json.loads(said or "{}")), flush=True)


def _close(order: dict[str, Any], says: int) -> NoReturn:
    moments, ended_well = 0, False
    steps: list[int] = []

    def count(frame: Any, event: str, _: Any) -> None:
        nonlocal moments
        if event in ("call", "return") and frame.f_code.co_filename.startswith(OURS):
            moments += 1
            if frame.f_code is note.__code__ and event == "return":
                steps.append(moments)
            if moments == order["at"]:
                os.kill(os.getpid(), signal.SIGKILL)

    try:
        settings = settings_in(Path(order["data"]))
        store = open_store(postgres_url(order["url"]) if order["url"] else settings.database)
        sys.setprofile(count)
        close(settings, store, KeyFolder(settings.key_folder), WaveId(order["wave"]), OVER)
        sys.setprofile(None)
        store.close()
        os.write(says, json.dumps({"moments": moments, "steps": steps}).encode())
        ended_well = True
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(0 if ended_well else 1)


if __name__ == "__main__":
    main()
