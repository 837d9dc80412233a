"""What a door shows: effects turned into text in the person's locale, as plain values that survive JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from consultation.domain.consultation import Audience, Wave
from consultation.domain.due import in_words
from consultation.domain.wording import EASY_READ, PLAIN, Wording, Words
from consultation.flow.effects import Ask, Effect, Mode, OfferHelpLines, PassOn, Say
from consultation.flow.events import Command
from consultation.flow.state import State
from consultation.locale import render
from consultation.safeguarding.arrangements import LONGEST_REPLY, Arrangements
from consultation.safeguarding.help_lines import HelpLine, lines_for

FACTS_IN = frozenset(
    ("privacy", "privacy.reply_handle", "ask.may_they_write", "contact.may_write", "contact.asked_again",
     "delete.may_write")
)  # fmt: skip


@dataclass(frozen=True)
class Button:
    """One choice as shown; `alone` excludes the others where several may be chosen."""

    value: str
    label: str
    alone: bool = False


@dataclass(frozen=True)
class Link:
    """Where a person can get at once: a number to ring or to text, or a site. `label` says which, and it belongs to
    that `line` of the message's text."""

    label: str
    href: str
    line: int


@dataclass(frozen=True)
class Message:
    """One thing the bot says. With a `mode` it asks for a reply to `step`; without one it only tells. `links` repeat
    what stands in the text, for a thumb. `passed_on`: the safeguarding lead wrote it."""

    text: str
    mode: Mode | None = None
    step: int = 0
    buttons: tuple[Button, ...] = ()
    commands: tuple[Button, ...] = ()
    hint: str = ""
    place: str = ""
    links: tuple[Link, ...] = ()
    passed_on: bool = False

    @property
    def sites(self) -> tuple[Link, ...]:
        return tuple(each for each in self.links if each.href.startswith("https:"))

    def to_json(self) -> dict[str, Any]:
        seldom = {"links": [[each.label, each.href, each.line] for each in self.links], "passed_on": self.passed_on}
        return {
            "text": self.text,
            "mode": self.mode.value if self.mode else None,
            "step": self.step,
            "buttons": [[each.value, each.label, each.alone] for each in self.buttons],
            "commands": [[each.value, each.label] for each in self.commands],
            "hint": self.hint,
            "place": self.place,
            **{name: value for name, value in seldom.items() if value},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Message":
        return cls(
            text=data["text"],
            mode=Mode(data["mode"]) if data["mode"] else None,
            step=data["step"],
            buttons=tuple(Button(*each) for each in data["buttons"]),
            commands=tuple(Button(*each) for each in data["commands"]),
            hint=data["hint"],
            place=data["place"],
            links=tuple(Link(*each) for each in data.get("links", ())),
            passed_on=data.get("passed_on", False),
        )


def briefing(wave: Wave) -> dict[str, str]:
    """What a survey's wording may fill in about the consultation."""
    return {
        "authority": wave.consultation.authority,
        "purpose": wave.consultation.purpose,
        "decided_by": wave.consultation.decided_by,
        "opens_on": in_words(wave.opens_on),
        "closes_on": in_words(wave.closes_on),
        "answers_until": in_words(wave.answers_until),
    }


def not_taking(wave: Wave, today: date, locale: str = PLAIN) -> list[Message]:
    """What is said to whoever comes when the wave takes no answers, whatever they ask for: to change and to delete
    ended with it."""
    if today < wave.opens_on and not wave.closed:
        return [Message(render(Words("wave.not_open", briefing(wave)), locale))]
    over = Words("wave.over", briefing(wave)) if today > wave.closes_on else Words("wave.over_early")
    rest = Words("wave.deleted" if wave.answers_gone_on else "wave.unlinked")
    return [Message(render(each, locale)) for each in (over, rest)]


def say(wording: Wording, locale: str, wave: Wave, reply_days: int = LONGEST_REPLY) -> str:
    """The text of `wording`, with the consultation's own facts filled in."""
    if isinstance(wording, Words):
        if wording.key in FACTS_IN:
            facts: dict[str, str | int] = {"answers_until": in_words(wave.answers_until), "reply_days": reply_days}
            wording = Words(wording.key, {**wording.values, **facts})
        return render(wording, locale)
    text = render(wording, locale)
    for name, value in briefing(wave).items():  # an author's text may hold other braces: only known names are filled
        text = text.replace(f"{{{name}}}", value)
    return text


class Renderer:
    """Effects to messages, as JSON. Keeps the prompts of questions: but for their step they are the same for all."""

    def __init__(self) -> None:
        self._prompts: dict[tuple[object, ...], dict[str, Any]] = {}

    def messages(
        self, effects: Iterable[Effect], state: State, wave: Wave, arrangements: Arrangements
    ) -> list[dict[str, Any]]:
        """The messages among `effects`, in order; effects that record something say nothing."""
        said: list[dict[str, Any]] = []
        for effect in effects:
            match effect:
                case Say(wording):
                    said.append(Message(say(wording, state.locale, wave, arrangements.reply_days)).to_json())
                case OfferHelpLines():
                    said.append(help_message(arrangements.help_lines, state.audience, state.locale).to_json())
                case PassOn(words):
                    from_lead = f"{render(Words('contact.written'), state.locale)}\n\n{words.reveal()}"
                    said.append(Message(from_lead, passed_on=True).to_json())
                case Ask():
                    said.append(self._prompt(effect, state, wave, arrangements.reply_days))
                case _:
                    pass
        return said

    def _prompt(self, ask: Ask, state: State, wave: Wave, reply_days: int) -> dict[str, Any]:
        if ask.question is None:  # the system's own, whose choices may differ from person to person
            return _prompt(ask, state, wave, reply_days).to_json()
        key = (wave.id, ask.question, ask.more, ask.place, ask.commands, state.locale)
        if key not in self._prompts:
            self._prompts[key] = _prompt(ask, state, wave, reply_days).to_json()
        return {**self._prompts[key], "step": ask.step}


def command_label(command: Command, locale: str) -> str:
    """What stands on the button of a command."""
    return render(Words(f"command.{command.value}"), locale)


def help_message(lines: tuple[HelpLine, ...], audience: Audience | None, locale: str) -> Message:
    """The help lines for this audience, one to a line; before we know who it is, those for young people."""
    theirs = lines_for(audience or Audience.YOUNG_PERSON, lines)
    easy = locale == EASY_READ
    links = [link for at, each in enumerate(theirs) for link in _links(each, at, locale)]
    return Message("\n".join(f"• {each.words(easy=easy)}" for each in theirs), links=tuple(links))


def _links(line: HelpLine, at: int, locale: str) -> Iterable[Link]:
    number = line.number.replace(" ", "")
    if line.keyword:
        text = Words("help.text", {"keyword": line.keyword, "number": line.number})
        yield Link(render(text, locale), f"sms:{number}?body={line.keyword}", at)
    else:
        yield Link(render(Words("help.call", {"number": line.number}), locale), f"tel:{number}", at)
    if line.website:
        yield Link(line.website, f"https://{line.website}", at)


def _prompt(ask: Ask, state: State, wave: Wave, reply_days: int) -> Message:
    hints = {
        (Mode.SEVERAL, True): "hint.several",
        (Mode.NUMBER, True): "hint.number",
        (Mode.TEXT, True): "hint.text",
        (Mode.TEXT, False): "hint.sealed",
    }
    asked = ask.mode, ask.question is not None
    place = Words("place", {"place": ask.place[0], "of": ask.place[1]}) if ask.place else None
    return Message(
        text=say(ask.prompt, state.locale, wave, reply_days),
        mode=ask.mode,
        step=ask.step,
        buttons=tuple(Button(each.value, say(each.label, state.locale, wave), each.alone) for each in ask.choices),
        commands=tuple(Button(each.value, command_label(each, state.locale)) for each in ask.commands),
        hint=render(Words(hints[asked]), state.locale) if asked in hints else "",
        place=render(place, state.locale) if place else "",
    )
