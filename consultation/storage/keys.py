"""The key store: one file a consultation, outside the database and its backups, readable by its owner alone."""

import os
from collections.abc import Callable
from pathlib import Path

from consultation.domain.ids import ConsultationId
from consultation.privacy.pseudonyms import KEY_BYTES


class UnusableKeys(Exception):
    """The key store cannot be used as it is. `str()` says why and what to do."""


class KeyStore:
    """Keys in `folder`. Without its key nobody can tell which responses are whose, Sayso included."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, consultation: ConsultationId, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        """Make the key of a new consultation. `FileExistsError` if it has one."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._path(consultation), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(random_bytes(KEY_BYTES))
            file.flush()
            os.fsync(handle)

    def key(self, consultation: ConsultationId) -> bytes:
        """The 32 bytes. Raises `UnusableKeys` where they are missing, cut short or open to others."""
        path = self._path(consultation)
        if not path.is_file():
            raise UnusableKeys(
                f"The key {path} is missing. Put it back from where keys are kept; without it people cannot "
                "carry on, change or delete their answers. If the consultation has closed, this is as it should be."
            )
        if path.stat().st_mode & 0o077:
            raise UnusableKeys(f"The key {path} can be read by others. Run 'chmod 600 {path}' and start again.")
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise UnusableKeys(
                f"The key {path} has {len(key)} bytes and should have {KEY_BYTES}. Put back a good copy."
            )
        return key

    def _path(self, consultation: ConsultationId) -> Path:
        return self.folder / f"{consultation}.key"
