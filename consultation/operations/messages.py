"""What a door shows: effects turned into text in the person's locale, as plain values that survive JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from consultation.domain.consultation import TOLD, Audience, Wave
from consultation.domain.languages import is_easy, language_of
from consultation.domain.wording import PLAIN, Localised, Value, Wording, Words
from consultation.flow.effects import Ask, Effect, Mode, OfferHelpLines, PassOn, Say
from consultation.flow.events import Command
from consultation.flow.state import State
from consultation.locale import in_words, render, written_in
from consultation.safeguarding.arrangements import LONGEST_REPLY, Arrangements
from consultation.safeguarding.help_lines import HelpLine, lines_for

FACTS_IN = frozenset(
    ("privacy", "privacy.reply_handle", "ask.may_they_write", "contact.may_write", "contact.asked_again",
     "delete.may_write", "reminder.here", "reminder.too_late")
)  # fmt: skip


@dataclass(frozen=True)
class Button:
    """One choice as shown; `alone` excludes the others where several may be chosen; `picture` is an emoji, or the name
    of an image of the survey's own; `lang` is the language of the label, where it is not the reader's."""

    value: str
    label: str
    alone: bool = False
    picture: str = ""
    lang: str = ""


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
    what stands in the text, for a thumb. `passed_on`: the safeguarding lead wrote it. `lang` is the
    language of the text, which is another than the reader's where something is not translated; `locale` is the
    reader's. `picture` stands beside it. `key` names the sentence where it is one of the system's; `progress` is
    `place` in numbers: which of how many. Of several at most `most` may be chosen (0: all). From `until` on
    it is not said any more."""

    text: str
    mode: Mode | None = None
    step: int = 0
    buttons: tuple[Button, ...] = ()
    commands: tuple[Button, ...] = ()
    hint: str = ""
    place: str = ""
    links: tuple[Link, ...] = ()
    passed_on: bool = False
    lang: str = PLAIN
    locale: str = PLAIN
    picture: str = ""
    key: str = ""
    progress: tuple[int, int] | None = None
    until: datetime | None = None
    most: int = 0

    @property
    def is_trouble(self) -> bool:
        """It says why what was typed or chosen just now was not taken, and how to mend that."""
        return self.key.startswith("answer.") or self.key in ("contact.empty", "contact.too_long")

    @property
    def sites(self) -> tuple[Link, ...]:
        return tuple(each for each in self.links if each.href.startswith("https:"))

    def to_json(self) -> dict[str, Any]:
        seldom = {
            "links": [[each.label, each.href, each.line] for each in self.links],
            "passed_on": self.passed_on,
            "lang": self.lang if self.lang != PLAIN else "",
            "locale": self.locale if self.locale != PLAIN else "",
            "picture": self.picture,
            "key": self.key,
            "progress": self.progress,
            "until": self.until.isoformat() if self.until else "",
            "most": self.most,
        }
        return {
            "text": self.text,
            "mode": self.mode.value if self.mode else None,
            "step": self.step,
            "buttons": [
                [each.value, each.label, each.alone, *((each.picture, each.lang) if each.picture or each.lang else ())]
                for each in self.buttons
            ],
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
            lang=data.get("lang", PLAIN),
            locale=data.get("locale", PLAIN),
            picture=data.get("picture", ""),
            key=data.get("key", ""),
            progress=tuple(data["progress"]) if data.get("progress") else None,
            until=datetime.fromisoformat(data["until"]) if data.get("until") else None,
            most=data.get("most", 0),
        )


def briefing(wave: Wave, locale: str) -> dict[str, str]:
    """What a survey's wording may fill in about the consultation."""
    days = {"opens_on": wave.opens_on, "closes_on": wave.closes_on, "answers_until": wave.answers_until}
    told = {what: wave.consultation.told(what, locale) for what in TOLD}
    return told | {name: in_words(day, locale) for name, day in days.items()}


def not_taking(wave: Wave, today: date, locale: str = PLAIN) -> list[Message]:
    """What is said to whoever comes when the wave takes no answers, whatever they ask for: to change and to delete
    ended with it."""
    if today < wave.opens_on and not wave.closed:
        return [tell(Words("wave.not_open", briefing(wave, locale)), locale)]
    over = Words("wave.over", briefing(wave, locale)) if today > wave.closes_on else Words("wave.over_early")
    rest = Words("wave.deleted" if wave.answers_gone_on else "wave.unlinked")
    return [tell(each, locale) for each in (over, rest)]


def tell(words: Words, locale: str) -> Message:
    """A sentence of the system that asks nothing."""
    return Message(render(words, locale), lang=written_in(words, locale), locale=locale, key=words.key)


def say(wording: Wording, locale: str, wave: Wave, reply_days: int = LONGEST_REPLY) -> str:
    """The text of `wording`, with the consultation's own facts filled in."""
    if isinstance(wording, Words):
        if wording.key in FACTS_IN:
            facts: dict[str, Value] = {
                "answers_until": wave.answers_until,
                "closes_on": wave.closes_on,
                "reply_days": reply_days,
            }
            wording = Words(wording.key, {**wording.values, **facts})
        return render(wording, locale)
    text = render(wording, locale)
    for name, value in briefing(wave, locale).items():
        # An author's text may hold other braces: only known names are filled.
        text = text.replace(f"{{{name}}}", value)
    return text


class Renderer:
    """Effects to messages, as JSON. Keeps the prompts of questions: but for their step they are the same for all, if
    nothing that was chosen before is filled in or was put in order already. The system's own may differ from person to
    person."""

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
                    said.append(_told(wording, state.locale, wave, arrangements.reply_days).to_json())
                case OfferHelpLines():
                    said.append(help_message(arrangements.help_lines, state.audience, state.locale).to_json())
                case PassOn(words):
                    from_lead = f"{render(Words('contact.written'), state.locale)}\n\n{words.reveal()}"
                    said.append(Message(from_lead, passed_on=True, locale=state.locale).to_json())
                case Ask():
                    said.append(self._prompt(effect, state, wave, arrangements.reply_days))
                case _:
                    pass
        return said

    def _prompt(self, ask: Ask, state: State, wave: Wave, reply_days: int) -> dict[str, Any]:
        wordings = (ask.prompt, *(each.label for each in ask.choices))
        if not all(isinstance(each, Localised) for each in wordings):
            return _prompt(ask, state, wave, reply_days).to_json()
        key = (wave.id, ask.question, ask.more, ask.place, ask.commands, ask.minutes, state.locale)
        if key not in self._prompts:
            self._prompts[key] = _prompt(ask, state, wave, reply_days).to_json()
        return {**self._prompts[key], "step": ask.step}


def command_label(command: Command, locale: str) -> str:
    """What stands on the button of a command."""
    return render(Words(f"command.{command.value}"), locale)


def help_message(lines: tuple[HelpLine, ...], audience: Audience | None, locale: str) -> Message:
    """The help lines for this audience, one to a line; before we know who it is, those for young people."""
    theirs = lines_for(audience or Audience.YOUNG_PERSON, lines)
    links = [link for at, each in enumerate(theirs) for link in _links(each, at, locale)]
    text = "\n".join(f"• {each.words(locale)}" for each in theirs)
    return Message(text, links=tuple(links), lang=language_of(locale), locale=locale)


def _links(line: HelpLine, at: int, locale: str) -> Iterable[Link]:
    number = line.number.replace(" ", "")
    if line.keyword:
        text = Words("help.text", {"keyword": line.keyword, "number": line.number})
        yield Link(render(text, locale), f"sms:{number}?body={line.keyword}", at)
    else:
        yield Link(render(Words("help.call", {"number": line.number}), locale), f"tel:{number}", at)
    if line.website:
        yield Link(line.website, f"https://{line.website}", at)


def _told(wording: Wording, locale: str, wave: Wave, reply_days: int) -> Message:
    key = wording.key if isinstance(wording, Words) else ""
    return Message(say(wording, locale, wave, reply_days), lang=written_in(wording, locale), locale=locale, key=key)


def _unlike(wording: Wording, locale: str) -> str:
    """The language that it is written in, if that is another than the reader's."""
    lang = written_in(wording, locale)
    return "" if lang == language_of(locale) else lang


def _prompt(ask: Ask, state: State, wave: Wave, reply_days: int) -> Message:
    locale = state.locale
    buttons = (
        Button(each.value, say(each.label, locale, wave), each.alone, each.picture, _unlike(each.label, locale))
        for each in ask.choices
    )
    places = [Words("place", {"place": ask.place[0], "of": ask.place[1]})] if ask.place else []
    if places and ask.minutes:
        places.append(Words("time.left", {"minutes": ask.minutes}))
    wordings = (ask.prompt, ask.so_far) if ask.so_far else (ask.prompt,)
    return Message(
        text="\n\n".join(say(each, locale, wave, reply_days) for each in wordings),
        mode=ask.mode,
        step=ask.step,
        buttons=tuple(buttons),
        commands=tuple(Button(each.value, command_label(each, locale)) for each in ask.commands),
        hint=" ".join(say(each, locale, wave) for each in ask.hints),
        place=" · ".join(render(each, locale) for each in places),
        lang=written_in(ask.prompt, locale),
        locale=locale,
        picture=ask.picture if is_easy(locale) else "",
        progress=ask.place,
        most=ask.most,
    )
