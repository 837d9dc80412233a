"""Another process of Sayso's over the same records: does what it is told, a line at a time, and says how it went.

Run as `python -m tests.contracts.another PLACE`. It is killed, or ends with its standard input.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import URL

from consultation.storage.postgres import postgres_url
from consultation.storage.store import Store, migrate, open_store
from tests.contracts.talks import answering

ROOT = Path(__file__).parents[2]


class Another:
    """The other process, as a test sees it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def does(self, line: str) -> str:
        self.begins(line)
        return self.ends()

    def begins(self, line: str) -> None:
        assert self._process.stdin
        print(line, file=self._process.stdin, flush=True)

    def ends(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def another(place: Path | URL) -> Iterator[Another]:
    where = str(place) if isinstance(place, Path) else place.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.contracts.another", where]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        other = Another(process)
        assert other.ends() == "ready"
        yield other
        process.kill()


def main(where: str) -> None:
    place = postgres_url(where) if where.startswith("postgresql") else Path(where)
    print("ready", flush=True)
    with ExitStack() as held:
        store: Store | None = None
        for line in sys.stdin:
            word, *rest = line.split()
            if word == "migrate":
                print(_migrate(place), flush=True)
                continue
            store = store or open_store(place)
            print(_do(store, held, word, *rest), flush=True)


def _migrate(place: Path | URL) -> str:
    try:
        return migrate(place)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _do(store: Store, held: ExitStack, word: str, *rest: str) -> object:
    match word, *rest:
        case ["serve"]:
            try:
                store.database.begin_serving()
            except Exception as error:
                return f"{type(error).__name__}: {error}"
            return store.database.me
        case ["only", name]:
            return held.enter_context(store.database.only_one(name))
        case ["write", mark, count]:
            for number in range(int(count)):
                store.writer.take(answering(f"{mark} {number % 3}", f"{mark}-{number}"))
            return "written"
    return "what?"


if __name__ == "__main__":
    main(sys.argv[1])
