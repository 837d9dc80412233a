"""What the analysis needs of a database: sessions to read and to write. The store of the consultation is one."""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlmodel import Session


class Database(Protocol):
    def read(self) -> AbstractContextManager[Session]:
        """A session that changes nothing."""
        ...

    def write(self) -> AbstractContextManager[Session]:
        """A session that commits at its end, or not at all."""
        ...
