"""Builds what tests need out of the real parts: a Sayso over a data folder of its own, with an open wave.

Nothing is patched: time, chance, the detector and the screen are arguments, as they are in production.
"""

import random
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pyrage
from sqlmodel import select

from bot.sayso import Sayso
from bot.settings import Settings
from bot.wiring import add_lead_key, wire
from consultation.domain.concern import Concern
from consultation.domain.consultation import Channel, ContactMode, Wave
from consultation.domain.survey import Survey
from consultation.domain.text import RawText, Span
from consultation.flow.events import Began, Command, Commanded, SentSomethingElse, Tapped
from consultation.operations.converse import Incoming, Input, Typed, converse, whose
from consultation.operations.messages import Message
from consultation.operations.open_wave import Commission, open_wave
from consultation.operations.sign_off import Statement, sign_off
from consultation.privacy.detect import Detector
from consultation.safeguarding.arrangements import Arrangements, Contact, shipped_arrangements
from consultation.safeguarding.help_lines import load_help_lines
from consultation.safeguarding.lead_keys import Holder, Keyring
from consultation.safeguarding.patterns import load_patterns
from consultation.safeguarding.screen import PatternScreen, load_screen, load_thresholds
from consultation.storage import turns
from consultation.storage.store import Store, migrate
from consultation.storage.tables import ConversationRow, ResponseRow
from consultation.surveys import parse_survey, template

TODAY = date(2026, 11, 23)
SURVEY = "what-we-want"
SHIPPED = (SURVEY, "every-kind")
Screen = Callable[[str], Concern]


@dataclass(frozen=True)
class Opened:
    """A Sayso with one open wave, and the private key of its safeguarding lead."""

    sayso: Sayso
    wave: Wave
    lead: Any = field(repr=False)

    @property
    def folder(self) -> Path:
        return self.sayso.settings.data

    @property
    def survey(self) -> Survey:
        return self.sayso.desk.survey_of(self.wave)


@dataclass
class Calendar:
    """Today, until the test says otherwise."""

    today: date = TODAY

    def __call__(self) -> date:
        return self.today


class Broken(RuntimeError):
    """What a broken part of a test raises, so that it is not mistaken for a real fault."""


@cache
def plain_screen() -> Screen:
    """Patterns alone: finds what is said in so many words."""
    return PatternScreen(load_patterns(), load_thresholds())


def real_screen() -> Screen:
    """The screen that the product uses."""
    return load_screen()


def ids_from(seed: int) -> Callable[[], str]:
    """Random UUID4s as hex, the same ones for the same seed."""
    chance = random.Random(seed)
    return lambda: uuid.UUID(int=chance.getrandbits(128), version=4).hex


@cache
def survey(name: str = SURVEY) -> Survey:
    """A shipped survey, as read from its file."""
    return parse_survey(template(name), Path(f"{name}.yaml"))


@cache
def lead_identity() -> Any:
    """The safeguarding lead's private key, made once a test run: making one takes a second under a passphrase."""
    return pyrage.x25519.Identity.generate()


def settings_in(folder: Path, **more: Any) -> Settings:
    """Settings that see nothing of the environment that the tests run in."""
    return Settings(_env_file=None, data=folder, **more)  # type: ignore[call-arg]  # pydantic-settings takes it


def make_sayso(
    folder: Path,
    *,
    today: Callable[[], date] = Calendar(),  # noqa: B008 - never changed here
    new_id: Callable[[], str] | None = None,
    detector: Detector | None = None,
    screen: Screen | None = None,
    **settings: Any,
) -> Sayso:
    """Migrate `folder`, give its lead a key, and wire.

    The detector is the real one unless another is given. The screen is the patterns alone, which ship as the fake
    of the real screen: what a talk is about must not hang on what the head was taught last. `screen=real_screen()`
    for a test whose point is the whole.
    """
    configured = settings_in(folder, **settings)
    migrate(configured.database_at)
    add_lead_key(configured, str(lead_identity().to_public()))
    sayso = wire(configured, today=today, new_id=new_id or ids_from(1))
    desk = replace(
        sayso.desk,
        detector=detector or Remembering(sayso.desk.detector),
        screen=remembering(screen or plain_screen()),
    )
    return replace(sayso, desk=desk)


def open_consultation(
    folder: Path,
    *,
    slug: str = "have-your-say",
    contact: ContactMode = ContactMode.OPT_IN,
    survey: str = SURVEY,
    **how: Any,
) -> Opened:
    """`make_sayso` with an open wave of a shipped survey."""
    sayso = signed_off(make_sayso(folder, **how))
    how_opened = commission(slug, contact=contact)
    return Opened(sayso, open_wave(sayso.desk, sayso.keys, how_opened, template(survey)), lead_identity())


def signed_off(sayso: Sayso, **changes: Any) -> Sayso:
    """The same, with arrangements signed by its lead that cover the shipped surveys in every contact mode; and a desk
    that goes by them. `changes`: what of the arrangements is to be otherwise, such as a contact."""
    arrangements = arranged(sayso.desk.today()).model_copy(update=changes)
    approve(sayso.store, sayso.desk.keyring(), arrangements, sayso.desk.now())
    return replace(sayso, desk=replace(sayso.desk, arrangements=lambda: arrangements))


def approve(store: Store, keyring: Keyring, arrangements: Arrangements, at: datetime) -> None:
    """By the lead whose key is in use."""
    openings = tuple(each for name in SHIPPED for each in survey(name).every_opening)
    statement = Statement(written(arrangements), arrangements, openings, tuple(ContactMode))
    sign_off(store, statement, by=keyring.current(Holder.LEAD)[0], at=at)


@cache
def arranged(checked_on: date = TODAY) -> Arrangements:
    """What ships, with contacts whom no mail can reach, and help lines that were checked that day."""
    roles = {"lead": "Safeguarding lead", "deputy": "Deputy lead", "duty_team": "Duty team"}
    contacts = {name: Contact(role=role, email=f"{name}@sayso.invalid") for name, role in roles.items()}
    lines = tuple(each.model_copy(update={"verified_on": checked_on}) for each in load_help_lines())
    return shipped_arrangements().model_copy(update={**contacts, "help_lines": lines})


def written(arrangements: Arrangements) -> str:
    """As a file; JSON is YAML."""
    return arrangements.model_dump_json(indent=1)


def commission(slug: str = "have-your-say", **changes: Any) -> Commission:
    usual = Commission(
        slug=slug,
        title="What do you want from the people who work with you?",
        authority="Cambridgeshire County Council",
        purpose="to write the next children's workforce strategy.",
        decided_by="the Children's Trust Board",
        framework="cambridgeshire-2009-12",
        opens_on=date(2026, 11, 1),
        closes_on=date(2027, 1, 31),
    )
    return replace(usual, **changes)


@dataclass
class Person:
    """Somebody in a chat, straight at the desk: what they do, and the bot's messages in return."""

    opened: Opened
    chat: str
    channel: Channel = Channel.SIMULATION
    done: int = 0
    heard: list[Message] = field(default_factory=list)
    visit: str = field(default_factory=lambda: secrets.token_hex(8))

    def does(self, what: Input, update_id: str | None = None) -> list[Message]:
        self.done += 1
        incoming = Incoming(self.channel, self.chat, update_id or f"{self.visit}-{self.done}", what)
        said = converse(self.opened.sayso.desk, self.opened.wave, incoming)
        self.heard += said
        return said

    def begins(self, audience: Any = None) -> list[Message]:
        return self.does(Began(audience))

    def types(self, text: str) -> list[Message]:
        return self.does(Typed(RawText(text)))

    def taps(self, *labels: str) -> list[Message]:
        """Press the standing prompt's buttons of these labels."""
        prompt = self.prompt
        values = {each.label: each.value for each in prompt.buttons}
        return self.does(Tapped(prompt.step, tuple(values[label] for label in labels)))

    def commands(self, command: Command) -> list[Message]:
        return self.does(Commanded(command))

    def sends(self, kind: str) -> list[Message]:
        return self.does(SentSomethingElse(kind))

    @property
    def prompt(self) -> Message:
        """The last message that asks for something."""
        return next(each for each in reversed(self.heard) if each.mode is not None)

    def stored(self) -> dict[str, Any] | None:
        return stored_answers(self.opened, self.channel, self.chat)

    def answers_until(self, question: str) -> None:
        """A young person who says as little as they can, until `question` is asked."""
        wanted = self.opened.survey.question(question).prompt.in_("en")  # type: ignore[arg-type]
        opening = {"how old": "13 to 15", "keep your answers": "Yes, I agree", "OK to ask": "Yes, go ahead"}
        for _ in range(40):
            prompt = self.prompt
            if prompt.text == wanted:
                return
            label = next((label for words, label in opening.items() if words in prompt.text), None)
            self.taps(label) if label else self.commands(Command.SKIP)
        raise AssertionError(f"{question} was never asked")


def stored_answers(opened: Opened, channel: Channel, chat: str) -> dict[str, Any] | None:
    """Question to what is stored for this chat, in plain values; None where there is no response.

    Free text is its (redacted) text; a skip is "skipped", words that went to the lead alone are "withheld".
    """
    desk = opened.sayso.desk
    with desk.store.read() as session:
        row = turns.conversation(session, whose(desk, opened.wave, channel, chat))
        if row is None or row.response_id is None:
            return None
        answers = turns.answers_of(session, row.response_id)  # type: ignore[arg-type]
        words = {"Skipped": "skipped", "Withheld": "withheld"}
        return {
            each.question: words.get(each.kind, each.text if each.text is not None else each.value) for each in answers
        }


def orphans(opened: Opened) -> set[str]:
    """Responses that no conversation holds any more: what somebody took back, and is still there."""
    with opened.sayso.store.read() as session:
        held = set(session.exec(select(ConversationRow.response_id)))
        return set(session.exec(select(ResponseRow.id))) - {each for each in held if each}


def remembering(screen: Screen) -> Screen:
    """The same screen, asked once for each text: the doors play the same words again and again."""
    return lru_cache(maxsize=4096)(screen)


class Remembering:
    """The same detector, asked once for each text."""

    def __init__(self, detector: Detector) -> None:
        self._detect = lru_cache(maxsize=4096)(detector.detect)

    def detect(self, text: str) -> tuple[Span, ...]:
        return self._detect(text)
