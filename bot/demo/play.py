"""Makes a demonstration out of nothing: a data folder, an open consultation, and 200 people who answer it."""

import random
import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from analysis.operations.review import clear_quotation
from bot.demo.respondents import Respondent, reply
from bot.demo.signature import sign_off_simulated
from bot.sayso import Sayso
from bot.settings import Settings
from bot.wiring import add_lead_key, lead_keys, wire
from consultation.domain.consultation import Channel, Wave
from consultation.flow.events import Began
from consultation.flow.state import Awaiting, State
from consultation.operations.converse import Incoming, Input, converse, whose
from consultation.operations.messages import Message
from consultation.operations.open_wave import Commission, open_wave
from consultation.operations.redacted_answers import RedactedResponse, redacted_answers
from consultation.safeguarding.seal import new_lead_key
from consultation.storage import consultations, turns
from consultation.storage.store import migrate, open_store
from consultation.storage.tables import ConversationRow
from consultation.surveys import template
from consultation.surveys.facts import load_facts

SLUG = "what-we-want"
CLEARED_BY = "the demo's authors"
DAYS = 21


class NotADemonstration(Exception):
    """The consultation at the demonstration's short name is a real one: nobody invented may answer it."""


@dataclass(frozen=True)
class Demo:
    sayso: Sayso
    wave: Wave
    passphrase: str | None  # of the safeguarding lead's key; told once, when the key is made
    seed: int


def make_demo(settings: Settings, on: date, seed: int = 2009) -> Demo:
    """An empty consultation that opened on `on`, or the one that an earlier run began.

    Ids come from `seed`, so that the same answers give the same files. Raises `NotADemonstration`.
    """
    migrate(settings.database)
    store = open_store(settings.database)
    with store.read() as session:
        wave = consultations.wave_by_slug(session, SLUG)
    if wave is not None and not wave.consultation.simulated:
        raise NotADemonstration(
            f"'{SLUG}' in {settings.data} is a real consultation, and simulated people must not answer it. "
            "Use another --data folder for the demonstration."
        )
    passphrase = None
    if not lead_keys(settings):
        words = Path(__file__).with_name("passphrase-words.txt").read_text().split()
        passphrase = "-".join(secrets.choice(words) for _ in range(5))
        key = new_lead_key(passphrase)
        settings.key_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        private = settings.key_folder / "demo-lead.age"
        private.touch(mode=0o600)
        private.write_bytes(key.private)
        add_lead_key(settings, key.public)  # last: nothing is sealed to a key that nobody could keep
    sign_off_simulated(store, lead_keys(settings), on)
    store.close()
    sayso = wire(settings, today=lambda: on)
    seeded = replace(
        sayso,
        desk=replace(
            sayso.desk,
            new_id=_ids(seed, "consultation"),
            new_reference=lambda: sayso.desk.new_reference().replace("C-", "SIM-"),
            alerts=False,  # nobody is to be alarmed by what nobody said
        ),
    )
    commission = Commission(
        slug=SLUG,
        title="What do you want from the people who work with you?",
        authority="Cambridgeshire (demonstration)",
        purpose="to shape how people who work with children are chosen, trained and supported.",
        decided_by="the Children’s Workforce Strategy Steering Group",
        framework="cambridgeshire-2009-12",
        opens_on=on,
        closes_on=on + timedelta(days=DAYS),
        simulated=True,
        translations=load_facts(Path(__file__).with_name("translations.yaml")),
    )
    wave = wave or open_wave(seeded.desk, sayso.keys, commission, template(SLUG))
    return Demo(seeded, wave, passphrase, seed)


def _ids(*of: object) -> Callable[[], str]:
    """New ids that hang on `of` alone: a person's are the same whoever was played before them, and in which run."""
    chance = random.Random(repr(of))  # noqa: S311 - ids of simulated people; real ones come from the operating system
    return lambda: uuid.UUID(int=chance.getrandbits(128), version=4).hex


def play_respondents(
    demo: Demo, people: Sequence[Respondent], progress: Callable[[int], None] = lambda done: None
) -> int:
    """Play these people through the conversation; those who were played before are left as they are, and somebody
    whom an interruption cut short carries on: turns that were taken are not taken again."""
    for done, person in enumerate(people, 1):
        _play(demo, person)
        progress(done)
    return len(people)


def clear_quotations(demo: Demo, people: Sequence[Respondent], on: date) -> int:
    """Clear what the authors marked as quotable, by matching each person's own response."""
    by_id = {each.response_id: each for each in stored_responses(demo)}
    cleared = 0
    for person in people:
        response = by_id.get(_response_of(demo, person))
        for answer in response.answers if response else ():
            if answer.question in person.quotable and answer.kind == "Told":
                clear_quotation(demo.sayso.store, answer.answer_id, by=CLEARED_BY, on=on)
                cleared += 1
    return cleared


def stored_responses(demo: Demo) -> list[RedactedResponse]:
    return redacted_answers(demo.sayso.store, demo.wave.id)


def _play(demo: Demo, person: Respondent) -> None:
    """Play one person on from where they stand: at the start, or where an interrupted demonstration left them."""
    said = _turn(demo, person, 0, Began(person.audience))
    turn = 0
    while said and said[-1].mode is not None and turn < 200:
        row = _conversation(demo, person)
        assert row is not None
        turn, state = row.version, State.from_json(row.state)
        if state.awaiting in (Awaiting.NOTHING_MORE, Awaiting.ENDED, Awaiting.RESUME):
            return
        asked = state.current if state.awaiting in (Awaiting.ANSWER, Awaiting.MORE) else None
        following_up = state.awaiting is Awaiting.MORE
        said = _turn(demo, person, turn, reply(person, asked, said[-1], following_up=following_up))


def _turn(demo: Demo, person: Respondent, turn: int, given: Input) -> list[Message]:
    desk = replace(demo.sayso.desk, new_id=_ids(demo.seed, person.id, turn))
    return converse(desk, demo.wave, Incoming(Channel.SIMULATION, person.id, f"{person.id}:{turn}", given))


def _conversation(demo: Demo, person: Respondent) -> ConversationRow | None:
    who = whose(demo.sayso.desk, demo.wave, Channel.SIMULATION, person.id)
    with demo.sayso.store.read() as session:
        return turns.conversation(session, who)


def _response_of(demo: Demo, person: Respondent) -> str:
    row = _conversation(demo, person)
    return (row.response_id or "") if row else ""
