"""Closing a wave as this installation does it, for whoever finds it due: the scheduler and the command."""

from datetime import datetime
from importlib.metadata import version

from analysis.findings import suppression
from bot.settings import Settings
from consultation.domain.due import Next
from consultation.domain.ids import WaveId
from consultation.operations.close_wave import Ground, close_wave
from consultation.privacy.certificates import public_key
from consultation.storage.keys import KeyStore
from consultation.storage.store import Store


def close(
    settings: Settings, store: Store, keys: KeyStore, wave: WaveId, now: datetime, *, trusted: bool = True
) -> Next:
    """Do what is left of the closing; see `close_wave`. Raises `NotYet`."""
    ground = Ground(store, keys, settings.data, suppression.shown, version("sayso"))
    return close_wave(ground, wave, now, trusted=trusted)


def certificates_key(keys: KeyStore) -> str:
    """The public half of the key that signs certificates here; made if there is none yet."""
    return public_key(keys.signing_key())
