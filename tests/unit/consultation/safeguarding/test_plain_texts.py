"""Plain short texts are let pass, plain dangers come first: what people type most, and what must never be missed.

Some of these texts, or close ones, are examples too: this test keeps the shipped screen sane, it measures nothing.
"""

import pytest

from consultation.domain.concern import Level
from consultation.safeguarding.screen import screen

PLAIN = [
    "too slow", "something else please", "hi im back", "left without saying bye", "banana", "no thanks",
    "something else", "my bus", "lunch", "miss smith is ok", "not sure really", "skip", "idk", "yes", "🙂 ok",
    "hello", "pizza fridays", "fortnite", "the second one", "my social worker", "wait time", "nobody rang back",
    "she left", "my phone is dying brb", "gtg tea is ready", "too many forms", "Parking", "They cut our hours",
    "im dead tired", "dont know what to put", "football club on saturdays", "he never turned up",
    "strongly disagree", "more time", "they changed my worker again", "a different colour", "my dog", "bored",
    "year 9", "i like drawing", "Nothing to add, thank you", "the wifi", "we need more staff",
]  # fmt: skip

DANGERS = [
    "im going to kill myself tonight", "ive taken loads of tablets", "just took them all", "im on the bridge",
    "hes got a knife", "hes hitting my mum right now", "my mum wont wake up", "the baby stopped breathing",
    "ive run away", "im hiding under the bed from dad", "he just raped me", "cant talk hes here", "send police",
    "been stabbed", "about to jump", "ive cut too deep and it wont stop", "hes strangling her",
    "he wont let me leave his flat", "the man from the game is outside my house", "im gonna shoot up the school tmrw",
    "my daughter has been missing since last night", "theyre outside my house with machetes",
    "my friend took an overdose and wont wake up", "he is trying to break down my door",
    "im on my way to meet him we met online", "goodbye forever everyone",
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_plain_texts_pass(text: str) -> None:
    assert screen(text).level is Level.NONE


@pytest.mark.parametrize("text", DANGERS)
def test_plain_dangers_are_immediate(text: str) -> None:
    assert screen(text).level is Level.IMMEDIATE
