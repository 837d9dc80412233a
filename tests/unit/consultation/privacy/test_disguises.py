"""Odd letters: details that are typed so as to slip past are found, and every other character stays as it was."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.domain.consultation import Audience
from consultation.domain.text import RawText
from consultation.flow.events import Command
from consultation.privacy.detect import JointDetector, default_detector
from consultation.privacy.likelihoods import Weights
from consultation.privacy.rampart import FixedEncoder
from consultation.privacy.redact import redact
from tests.builders import Opened, stored_answers
from tests.transcripts.telegram import TelegramPlayer, telegram
from tests.transcripts.transcript import Turn
from tests.transcripts.web import WebPlayer

UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202c\u2066\u2069"
MARKS = "\u0300\u0301\u0308\u0335\u0336\u0353\u20dd"
CYRILLIC = str.maketrans("aeopcyxiAEOPCXTHM", "аеорсухіАЕОРСХТНМ")
GREEK = str.maketrans("ovAEHIKMNOTXZ", "ονΑΕΗΙΚΜΝΟΤΧΖ")

Disguise = Callable[[str, int], str]


def between(odd: str) -> Disguise:
    """One odd character after each letter; which one, the number says."""
    return lambda text, seed: (
        "".join(each + odd[(seed + at) % len(odd)] for at, each in enumerate(text[:-1])) + text[-1]
    )


def piled(text: str, seed: int) -> str:
    """Zalgo: many marks on each letter but the last."""
    return "".join(each + MARKS * (1 + seed % 3) if each.isalpha() else each for each in text[:-1]) + text[-1]


def full_width(text: str, _: int) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


def in_bold(text: str, seed: int) -> str:
    """Mathematical letters, as "fancy text" pages make them: bold, script, double-struck, monospace."""
    capital, small = [(0x1D400, 0x1D41A), (0x1D4D0, 0x1D4EA), (0x1D670, 0x1D68A)][seed % 3]
    return "".join(
        chr(capital + ord(each) - ord("A")) if "A" <= each <= "Z"
        else chr(small + ord(each) - ord("a")) if "a" <= each <= "z" else each
        for each in text
    )  # fmt: skip


DISGUISES: dict[str, Disguise] = {
    "as it is": lambda text, _: text,
    "unseen": between(UNSEEN),
    "marked": between(MARKS),
    "zalgo": piled,
    "full width": full_width,
    "bold": in_bold,
    "cyrillic": lambda text, _: text.translate(CYRILLIC),
    "greek": lambda text, _: text.translate(GREEK),
}
DETAILS = {
    "Sarah Thompson": ("my teacher is ", " and she helps me", "[name]"),
    "07700 900123": ("ring me on ", " after school please", "[phone]"),
    "sarah.thompson@example.org": ("write to ", " if you want", "[email]"),
    "CB1 2AB": ("we live at ", " near the park", "[postcode]"),
}
# What stands around a detail and has to stay: nothing here is anybody's.
AROUND = st.lists(
    st.sampled_from(
        [
            "😀",
            "👩🏽‍🏫",
            "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
            "\u202e!\u202c",
            "ﬁne",
            "oﬃce",
            "café",
            "cafe\u0301",
            "\u200b",
            "...",
        ]
    ),
    max_size=3,
).map(" ".join)
CHOSEN = st.tuples(st.sampled_from(sorted(DETAILS)), st.sampled_from(sorted(DISGUISES)), st.integers(0, 11))


def disguised(chosen: tuple[str, str, int], before: str, after: str) -> tuple[str, str]:
    """What is typed, and what may be kept of it."""
    detail, disguise, seed = chosen
    said, rest, token = DETAILS[detail]
    said, rest = f"{before} {said}", f"{rest} {after}"
    return said + DISGUISES[disguise](detail, seed) + rest, said + token + rest


@settings(max_examples=60, deadline=None)
@given(CHOSEN, AROUND, AROUND)
def test_a_disguised_detail_is_hidden_whatever_stands_around_it(
    chosen: tuple[str, str, int], before: str, after: str
) -> None:
    typed, _ = disguised(chosen, before, after)
    redacted = redact(RawText(typed), default_detector())
    detail, disguise, seed = chosen
    assert DISGUISES[disguise](detail, seed) not in redacted.text
    assert DETAILS[detail][2] in redacted.text


@settings(max_examples=60, deadline=None)
@given(CHOSEN.filter(lambda chosen: chosen[0] != "Sarah Thompson"), AROUND, AROUND)
def test_what_rules_leave_stays_to_the_letter(chosen: tuple[str, str, int], before: str, after: str) -> None:
    """The rules alone: a model may well take an odd word beside an address for part of it."""
    typed, kept = disguised(chosen, before, after)
    assert redact(RawText(typed), JointDetector(FixedEncoder(), Weights.of_nothing())).text == kept


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("detail", DETAILS)
def test_every_disguise_of_every_detail_once(detail: str, disguise: str) -> None:
    typed, kept = disguised((detail, disguise, 5), "", "")
    assert redact(RawText(typed), default_detector()).text == kept


ODD = st.text(st.characters() | st.sampled_from(UNSEEN + MARKS + "\ud800\udfff\0ﬁ"), max_size=60)


@settings(max_examples=60, deadline=None)
@given(ODD)
def test_spans_of_any_text_lie_in_it_in_order_and_apart(text: str) -> None:
    """Halves of characters too: nothing is so odd that it can't be read, or is read at other places than it stands."""
    end = 0
    for span in default_detector().detect(text):
        assert end <= span.start < span.end <= len(text)
        end = span.end


DOORS = pytest.mark.parametrize("disguise", ["as it is", "unseen", "bold", "cyrillic"])


async def _says(player: TelegramPlayer | WebPlayer, disguise: str) -> None:
    """Characters that are two in UTF-16 stand before the detail, which Telegram counts by and Python does not."""
    typed, kept = disguised(("Sarah Thompson", disguise, 2), "😀👩🏽‍🏫", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 \u202e!\u202c")
    for turn in (Turn(start=Audience.STAFF), Turn(taps="Yes, I agree"), *[Turn(command=Command.SKIP)] * 4):
        await player.does(turn)
    await player.does(Turn(types=typed))
    assert (stored_answers(*player.where()) or {})["need"] == kept


@DOORS
async def test_on_telegram(opened: Opened, disguise: str) -> None:
    async with telegram(opened) as api:
        await _says(TelegramPlayer(opened, api, 9_002), disguise)


@DOORS
async def test_on_the_web(opened: Opened, disguise: str) -> None:
    await _says(WebPlayer(opened), disguise)
