"""Remembers the keyboards that show ticks: a press may carry the keyboard as it was before the last tick."""

from collections import OrderedDict

from aiogram.types import InlineKeyboardMarkup

KEPT = 5_000  # keyboards


class Ticks:
    """The last keyboards set, by chat and message, with the update that set each. In memory alone, and bounded."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._set: OrderedDict[tuple[int, int], tuple[InlineKeyboardMarkup, int]] = OrderedDict()

    def shown(self, chat: int, message: int, carried: InlineKeyboardMarkup | None) -> InlineKeyboardMarkup | None:
        """The keyboard as it stands: as set last, else as the press carried it."""
        known = self._set.get((chat, message))
        return known[0] if known else carried

    def turned_by(self, chat: int, message: int, update: int) -> bool:
        """Whether this update has set its tick already."""
        known = self._set.get((chat, message))
        return known is not None and known[1] == update

    def keep(self, chat: int, message: int, markup: InlineKeyboardMarkup, update: int) -> None:
        self._set[chat, message] = (markup, update)
        self._set.move_to_end((chat, message))
        while len(self._set) > self._kept:
            self._set.popitem(last=False)
