"""What every key store promises, over files and over the fake; and what files promise beside."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from consultation.domain.ids import ConsultationId
from consultation.storage.keys import KeyFolder, KeysInMemory, KeyStore, MissingKey, UnusableKeys, secret_at

ONE, OTHER = ConsultationId("one"), ConsultationId("other")


@pytest.fixture(params=["files", "memory"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> KeyStore:
    return KeyFolder(tmp_path / "keys") if request.param == "files" else KeysInMemory()


class TestKeys:
    def test_each_consultation_has_a_key_of_its_own(self, keys: KeyStore) -> None:
        keys.create(ONE)
        keys.create(OTHER)
        assert len(keys.key(ONE)) == 32
        assert keys.key(ONE) == keys.key(ONE) != keys.key(OTHER)

    def test_a_key_is_made_of_the_chance_that_is_given_and_never_over_another(self, keys: KeyStore) -> None:
        keys.create(ONE, lambda length: b"a" * length)
        with pytest.raises(FileExistsError):
            keys.create(ONE, lambda length: b"b" * length)
        assert keys.key(ONE) == b"a" * 32

    def test_a_key_that_never_was_is_missing(self, keys: KeyStore) -> None:
        with pytest.raises(MissingKey):
            keys.key(ONE)

    def test_a_destroyed_key_is_gone_with_its_canaries_and_no_other_is(self, keys: KeyStore) -> None:
        for each in (ONE, OTHER):
            keys.create(each)
            keys.note_canaries(each, [f"a name of {each}"])
        kept = keys.key(ONE), keys.key(OTHER)
        assert keys.destroy(ONE) is True
        with pytest.raises(MissingKey):
            keys.key(ONE)
        assert keys.canaries(ONE) is None
        assert (keys.key(OTHER), keys.canaries(OTHER)) == (kept[1], ["a name of other"])
        assert keys.destroy(ONE) is False, "the second time there was nothing"
        assert keys.destroy(ConsultationId("never was")) is False

    def test_canaries_are_kept_in_order_in_place_of_those_before(self, keys: KeyStore) -> None:
        assert keys.canaries(ONE) is None
        keys.note_canaries(ONE, ["c", "a", "b"])
        keys.note_canaries(ONE, ["z", "a"])
        assert keys.canaries(ONE) == ["z", "a"]
        keys.note_canaries(ONE, [])
        assert keys.canaries(ONE) == [], "an empty list is not a lost one"

    def test_the_signing_key_is_made_once_and_outlives_consultations(self, keys: KeyStore) -> None:
        keys.create(ONE)
        signing = keys.signing_key()
        assert len(signing) == 32
        keys.destroy(ONE)
        assert keys.signing_key() == signing


def modes(folder: Path) -> dict[str, str]:
    return {each.name: oct(each.stat().st_mode & 0o777) for each in folder.iterdir()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A key folder with all that there can be in it."""
    keys = KeyFolder(tmp_path / "keys")
    keys.create(ONE)
    keys.note_canaries(ONE, ["secret name"])
    keys.signing_key()
    return tmp_path / "keys"


class TestFiles:
    def test_are_open_to_their_owner_alone_and_nothing_half_made_stays(self, folder: Path) -> None:
        assert oct(folder.stat().st_mode & 0o777) == "0o700"
        assert modes(folder) == dict.fromkeys(("one.key", "one.canaries", "certificates.secret"), "0o600")

    @pytest.mark.parametrize("name", ["one.key", "certificates.secret"])
    def test_that_others_can_read_or_that_are_cut_short_are_refused(self, folder: Path, name: str) -> None:
        def asks() -> object:
            keys = KeyFolder(folder)  # that remembers nothing
            return keys.key(ONE) if name == "one.key" else keys.signing_key()

        asks()
        (folder / name).chmod(0o640)
        with pytest.raises(UnusableKeys, match=f"{name} can be read by others. Run 'chmod 600"):
            asks()
        (folder / name).chmod(0o600)
        (folder / name).write_bytes(b"short")
        with pytest.raises(UnusableKeys, match="has 5 bytes and should have 32"):
            asks()

    def test_are_overwritten_before_they_go(self, folder: Path) -> None:
        keys = KeyFolder(folder)
        key = keys.key(ONE)
        other_names = [folder.parent / "key as it lies on the disk", folder.parent / "canaries as they do"]
        os.link(folder / "one.key", other_names[0])
        os.link(folder / "one.canaries", other_names[1])
        keys.destroy(ONE)
        left = [each.read_bytes() for each in other_names]
        assert [len(each) for each in left] == [32, len("secret name\n")]
        assert key not in left[0]
        assert b"secret" not in left[1]
        assert set(modes(folder)) == {"certificates.secret"}

    def test_that_a_killed_process_left_half_made_go_too(self, folder: Path) -> None:
        (folder / ".one.key.4711.part").write_bytes(KeyFolder(folder).key(ONE))
        (folder / ".one.canaries.4711.part").write_text("secret")
        assert KeyFolder(folder).destroy(ONE)
        assert set(modes(folder)) == {"certificates.secret"}

    def test_destroyed_by_another_process_are_gone_here_within_a_moment(self, folder: Path) -> None:
        keys = KeyFolder(folder)
        keys.key(ONE)
        keys._read[ONE] = (keys._read[ONE][0] - 2, keys._read[ONE][1])  # two seconds ago
        KeyFolder(folder).destroy(ONE)
        with pytest.raises(MissingKey, match="If the consultation has closed, this is as it should be"):
            keys.key(ONE)

    def test_asked_for_by_many_at_once_are_one_signing_key(self, tmp_path: Path) -> None:
        ask: Callable[[int], bytes] = lambda _: KeyFolder(tmp_path / "new").signing_key()  # noqa: E731
        with ThreadPoolExecutor(8) as threads:
            assert len(set(threads.map(ask, range(40)))) == 1
        assert set(modes(tmp_path / "new")) == {"certificates.secret"}

    def test_are_whole_or_not_there_when_their_maker_is_killed(self, tmp_path: Path) -> None:
        dies = (
            "import os, sys; from pathlib import Path; from consultation.storage.keys import KeyFolder\n"
            "def chance(length):\n    os.kill(os.getpid(), 9)\n"
            "KeyFolder(Path(sys.argv[1])).create('one', chance)"
        )
        subprocess.run([sys.executable, "-c", dies, str(tmp_path / "keys")], check=False)
        KeyFolder(tmp_path / "keys").create(ONE)
        assert len(KeyFolder(tmp_path / "keys").key(ONE)) == 32


def test_a_secret_that_many_processes_make_at_once_is_one_and_nobody_elses(tmp_path: Path) -> None:
    for number in range(50):
        path = tmp_path / str(number) / "some.secret"
        with ThreadPoolExecutor(4) as pool:
            made = set(pool.map(lambda _: secret_at(path, 32), range(4)))  # noqa: B023 - all are done in this turn
        assert made == {path.read_bytes()}
        assert path.stat().st_mode & 0o777 == 0o600
        assert list(path.parent.iterdir()) == [path]
