"""The key store: one key a consultation and the key that signs certificates, outside the database and its backups.

`KeyStore` is what a vault must do; `KeyFolder` does it with files that their owner alone may read, `KeysInMemory` is
the fake. Knows nothing of what the keys are for, but for how long they are.
"""

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Protocol

from consultation.domain.ids import ConsultationId
from consultation.privacy.pseudonyms import KEY_BYTES

KEPT = 1.0  # seconds for which a key that was read is used before its file is looked at again
SIGNING_BYTES = 32  # the seed of an Ed25519 key
Random = Callable[[int], bytes]


class UnusableKeys(Exception):
    """The key store cannot be used as it is. `str()` says why and what to do."""


class MissingKey(UnusableKeys):
    """There is no key of that consultation: lost, not copied here, or destroyed at its close."""


class KeyStore(Protocol):
    """Without its key nobody can tell which responses of a consultation are whose, Sayso included."""

    def create(self, consultation: ConsultationId, random_bytes: Random = os.urandom) -> None:
        """Make the key of a new consultation. `FileExistsError` if it has one."""
        ...

    def key(self, consultation: ConsultationId) -> bytes:
        """The 32 bytes. Raises `MissingKey`, or `UnusableKeys` where it is cut short or open to others."""
        ...

    def note_canaries(self, consultation: ConsultationId, canaries: Sequence[str]) -> None:
        """Keep, as safely as the key and until it is destroyed, what must be found nowhere once the close is done;
        in place of what was noted before. No canary has a line break in it."""
        ...

    def canaries(self, consultation: ConsultationId) -> list[str] | None:
        """What was noted; None where nothing was, or it is destroyed."""
        ...

    def destroy(self, consultation: ConsultationId) -> bool:
        """Destroy the key, and then the canaries, for good; whether there was any. Doing it again does no harm."""
        ...

    def signing_key(self, random_bytes: Random = os.urandom) -> bytes:
        """The 32 bytes that sign this installation's certificates: made when first asked for, and never again."""
        ...


class KeyFolder:
    """Keys as files in `folder`, each with mode 600."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[ConsultationId, tuple[float, bytes]] = {}  # when it was read, and the key

    def create(self, consultation: ConsultationId, random_bytes: Random = os.urandom) -> None:
        _create(self._path(consultation), random_bytes(KEY_BYTES))

    def key(self, consultation: ConsultationId) -> bytes:
        looked, key = self._read.pop(consultation, (0.0, b""))
        if not key or monotonic() - looked >= KEPT:
            looked, key = monotonic(), self._read_key(self._path(consultation))
        self._read[consultation] = (looked, key)
        return key

    def note_canaries(self, consultation: ConsultationId, canaries: Sequence[str]) -> None:
        path = self._path(consultation, "canaries")
        _destroy(path)
        _create(path, "".join(f"{each}\n" for each in canaries).encode())

    def canaries(self, consultation: ConsultationId) -> list[str] | None:
        try:
            return self._path(consultation, "canaries").read_text().splitlines()
        except FileNotFoundError:
            return None

    def destroy(self, consultation: ConsultationId) -> bool:
        self._read.pop(consultation, None)
        # The key first: without it the canaries are chance. Parts are of a process that was killed while it wrote.
        parts = sorted(self.folder.glob(f".{consultation}.*.part"))
        paths = [self._path(consultation), *parts, self._path(consultation, "canaries")]
        return sum(_destroy(each) for each in paths) > 0

    def signing_key(self, random_bytes: Random = os.urandom) -> bytes:
        return secret_at(self.folder / "certificates.secret", SIGNING_BYTES, random_bytes)

    def _read_key(self, path: Path) -> bytes:
        try:
            return _checked(path, KEY_BYTES)
        except FileNotFoundError:
            raise MissingKey(
                f"The key {path} is missing. Put it back from where keys are kept; without it people cannot "
                "carry on, change or delete their answers. If the consultation has closed, this is as it should be."
            ) from None

    def _path(self, consultation: ConsultationId, kind: str = "key") -> Path:
        return self.folder / f"{consultation}.{kind}"


class KeysInMemory:
    """The fake: keys that go with their process."""

    def __init__(self) -> None:
        self._keys: dict[ConsultationId, bytes] = {}
        self._canaries: dict[ConsultationId, list[str]] = {}
        self._signing = b""

    def create(self, consultation: ConsultationId, random_bytes: Random = os.urandom) -> None:
        if consultation in self._keys:
            raise FileExistsError(consultation)
        self._keys[consultation] = random_bytes(KEY_BYTES)

    def key(self, consultation: ConsultationId) -> bytes:
        try:
            return self._keys[consultation]
        except KeyError:
            raise MissingKey(f"The key of {consultation} is missing.") from None

    def note_canaries(self, consultation: ConsultationId, canaries: Sequence[str]) -> None:
        self._canaries[consultation] = list(canaries)

    def canaries(self, consultation: ConsultationId) -> list[str] | None:
        return self._canaries.get(consultation)

    def destroy(self, consultation: ConsultationId) -> bool:
        key, canaries = self._keys.pop(consultation, None), self._canaries.pop(consultation, None)
        return key is not None or canaries is not None

    def signing_key(self, random_bytes: Random = os.urandom) -> bytes:
        self._signing = self._signing or random_bytes(SIGNING_BYTES)
        return self._signing


def check_folder(folder: Path, data: Path, needed: Mapping[ConsultationId, str]) -> None:
    """Before anything starts: that the keys of the consultations that are `needed` (id to short name) are there, in a
    folder that backups of the `data` leave out and Sayso's user has alone. Raises `UnusableKeys`."""
    if folder.resolve().is_relative_to(data.resolve()):
        raise UnusableKeys(
            f"The keys folder {folder} lies in the data folder {data}: a backup of the data would take the keys along, "
            "and with both it can be found out who answered what. Move it elsewhere and set SAYSO_KEYS to that place; "
            "delete backups that hold it."
        )
    if folder.is_dir():
        _check_alone(folder, 0o077, "700")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UnusableKeys(
                f"The keys folder {folder} can't be written to. Keys must be made there, and destroyed at the close. "
                f"Run 'chmod 700 {folder}', or mount it so that it can be written to; then start again."
            )
        for each in sorted(folder.iterdir()):
            # Which keys concerns are sealed to is no secret, but whoever may write there could name their own.
            # A part of what another process writes may be gone by now.
            with suppress(FileNotFoundError):
                _check_alone(each, 0o022 if each.name.endswith(".json") else 0o077, "600")
    elif needed:
        raise UnusableKeys(
            f"The keys folder {folder} is missing, and answers are being taken ({', '.join(sorted(needed.values()))}). "
            "Put it back from where keys are kept, or set SAYSO_KEYS to where it is. Without it nobody can carry on, "
            "change or delete their answers."
        )
    for consultation in needed:
        KeyFolder(folder).key(consultation)


def _check_alone(path: Path, others: int, mode: str) -> None:
    """That it belongs to this user, and that nobody else has the rights `others`."""
    about = path.stat()
    what = "keys folder" if path.is_dir() else "key"
    if about.st_uid != os.geteuid():
        raise UnusableKeys(
            f"The {what} {path} belongs to another user than the one who runs Sayso. Start Sayso as the user "
            f"whose keys these are, or run 'chown {os.geteuid()} {path}' as root."
        )
    if about.st_mode & others:
        raise UnusableKeys(
            f"The {what} {path} can be read or written by others. Run 'chmod {mode} {path}' and start again."
        )


def secret_at(path: Path, length: int, random_bytes: Random = os.urandom) -> bytes:
    """The secret in this file, made at the first time, by whichever process comes first. Raises `UnusableKeys`."""
    with suppress(FileExistsError):
        if not path.exists():
            _create(path, random_bytes(length))
    return _checked(path, length)


def _create(path: Path, content: bytes) -> None:
    """Whole or not at all, for this user alone, and never over what is there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, path)
    finally:
        part.unlink()
    _sync(path.parent)


def _checked(path: Path, length: int) -> bytes:
    """The bytes of a key. Raises `UnusableKeys`, and `FileNotFoundError`."""
    if path.stat().st_mode & 0o077:
        raise UnusableKeys(f"The key {path} can be read by others. Run 'chmod 600 {path}' and start again.")
    key = path.read_bytes()
    if len(key) != length:
        raise UnusableKeys(f"The key {path} has {len(key)} bytes and should have {length}. Put back a good copy.")
    return key


def _destroy(path: Path) -> bool:
    """Overwrite, unlink and see both on the disk; False where there is no such file. On disks that never write twice
    to one place (SSDs, copy-on-write file systems) the old bytes may last until that place is reused."""
    try:
        with path.open("r+b") as file:
            length = file.seek(0, os.SEEK_END)
            file.seek(0)
            file.write(os.urandom(length))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return False
    path.unlink()
    _sync(path.parent)
    return True


def _sync(folder: Path) -> None:
    """See that what was made or unlinked in the folder is so after a power cut, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
