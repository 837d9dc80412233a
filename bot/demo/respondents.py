"""The people of the demonstration: their files, and how one of them replies to a prompt. Pure but for reading files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consultation.domain.consultation import Audience
from consultation.domain.ids import QuestionId
from consultation.domain.text import RawText
from consultation.flow.effects import Mode
from consultation.flow.events import Command, Commanded, Tapped
from consultation.operations.converse import Input, Typed
from consultation.operations.messages import Message

FOLDER = Path(__file__).parent / "respondents"


@dataclass(frozen=True)
class Respondent:
    """One simulated person. `quotable` names the free-text answers that the authors, who are people, cleared."""

    id: str
    audience: Audience
    answers: Mapping[str, Any]
    quotable: frozenset[str]


def simulated_respondents() -> list[Respondent]:
    """All 200, in the order of the files."""
    rows = [
        json.loads(line)
        for name in ("young_people", "parents_carers", "staff")
        for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    return [
        Respondent(row["id"], Audience(row["audience"]), row["answers"], frozenset(row.get("quotable", ())))
        for row in rows
    ]


def reply(person: Respondent, question: QuestionId | None, prompt: Message, *, following_up: bool) -> Input:
    """What this person does at this prompt: what their file says, consent, or a skip."""
    if question is None:  # the system's own prompt, after something worrying was said
        return Tapped(prompt.step, ("resume",) if _offers(prompt, "resume") else (prompt.buttons[0].value,))
    value = "yes" if question == "consent" else person.answers.get(f"{question}__more" if following_up else question)
    if value is None or value == []:
        return _without_answer(prompt)
    if prompt.mode in (Mode.TEXT, Mode.NUMBER):
        return Typed(RawText(str(value)))
    return Tapped(prompt.step, tuple(value) if isinstance(value, list) else (str(value),))


def _without_answer(prompt: Message) -> Input:
    if any(each.value == Command.SKIP for each in prompt.commands):
        return Commanded(Command.SKIP)
    return Tapped(prompt.step, (prompt.buttons[-1].value,))  # the opening can't be skipped: the last choice says so


def _offers(prompt: Message, value: str) -> bool:
    return any(each.value == value for each in prompt.buttons)
