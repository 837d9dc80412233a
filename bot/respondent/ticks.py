"""Remembers the keyboards that show ticks: a press may carry the keyboard as it was before the last tick.

Where several processes take presses, what is remembered here may itself be old: a keyboard that is not one of those
that were replaced here is newer than all of them.
"""

from dataclasses import dataclass

from aiogram.types import InlineKeyboardMarkup

from bot.respondent.keyboards import ticked
from bot.respondent.memory import Memory

KEPT = 5_000  # keyboards


@dataclass(frozen=True)
class _Set:
    """A keyboard as it was set, the update that set it, and the ticks of those that it replaced."""

    markup: InlineKeyboardMarkup
    update: int
    replaced: frozenset[tuple[str, ...]]


class Ticks:
    """The last keyboards set, by chat and message."""

    def __init__(self, kept: int = KEPT) -> None:
        self._set: Memory[tuple[int, int], _Set] = Memory(kept)

    def shown(self, chat: int, message: int, carried: InlineKeyboardMarkup | None) -> InlineKeyboardMarkup | None:
        """The keyboard as it stands: as the press carried it, unless that was replaced since."""
        known = self._set.get((chat, message))
        if known is not None and (carried is None or ticked(carried) in known.replaced):
            return known.markup
        return carried

    def turned_by(self, chat: int, message: int, update: int) -> bool:
        """Whether this update has set its tick already."""
        known = self._set.get((chat, message))
        return known is not None and known.update == update

    def keep(
        self, chat: int, message: int, before: InlineKeyboardMarkup, markup: InlineKeyboardMarkup, update: int
    ) -> None:
        """`markup` stands in place of `before`."""
        known = self._set.get((chat, message))
        replaced = (known.replaced if known else frozenset()) | {ticked(before)}
        self._set.keep((chat, message), _Set(markup, update, replaced - {ticked(markup)}))
