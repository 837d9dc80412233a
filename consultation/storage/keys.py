"""The key store: one file a consultation, outside the database and its backups, readable by its owner alone."""

import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from consultation.domain.ids import ConsultationId
from consultation.privacy.pseudonyms import KEY_BYTES

KEPT = 1.0  # seconds for which a key that was read is used before its file is looked at again


class UnusableKeys(Exception):
    """The key store cannot be used as it is. `str()` says why and what to do."""


class KeyStore:
    """Keys in `folder`. Without its key nobody can tell which responses are whose, Sayso included."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[ConsultationId, tuple[float, bytes]] = {}  # when it was read, and the key

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
        looked, key = self._read.get(consultation, (0.0, b""))
        if key and monotonic() - looked < KEPT:
            return key
        self._read.pop(consultation, None)
        path = self._path(consultation)
        try:
            found = path.stat()
        except FileNotFoundError:
            raise UnusableKeys(
                f"The key {path} is missing. Put it back from where keys are kept; without it people cannot "
                "carry on, change or delete their answers. If the consultation has closed, this is as it should be."
            ) from None
        if found.st_mode & 0o077:
            raise UnusableKeys(f"The key {path} can be read by others. Run 'chmod 600 {path}' and start again.")
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise UnusableKeys(
                f"The key {path} has {len(key)} bytes and should have {KEY_BYTES}. Put back a good copy."
            )
        self._read[consultation] = (monotonic(), key)
        return key

    def _path(self, consultation: ConsultationId) -> Path:
        return self.folder / f"{consultation}.key"
