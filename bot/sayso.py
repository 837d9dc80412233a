"""The whole system, put together: what every door is given. Knows not how it is put together."""

from dataclasses import dataclass

from bot.metrics import Metrics
from bot.settings import Settings
from bot.waves import Waves
from consultation.operations.converse import Desk
from consultation.storage.keys import KeyStore
from consultation.storage.store import Store


@dataclass(frozen=True)
class Sayso:
    settings: Settings
    store: Store
    keys: KeyStore
    desk: Desk
    metrics: Metrics
    waves: Waves
