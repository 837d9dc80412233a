"""The shape of a survey file. Each model names one block of the YAML; unknown words are refused."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from consultation.domain.consultation import Audience

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$|^[0-9][a-z0-9_]{0,39}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=3500)]


class Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Texts = dict[str, Text]


def _has_english(texts: Texts) -> Texts:
    if "en" not in texts:
        raise ValueError("an English wording is missing. Add a line 'en: …' under it.")
    return texts


class OptionBlock(Block):
    id: Name
    label: Texts
    ends: Texts | None = None
    alone: bool = False

    _english = field_validator("label")(_has_english)

    @field_validator("id", mode="before")
    @classmethod
    def _number_is_a_name(cls, value: object) -> object:
        return str(value) if isinstance(value, int) else value


class ConditionBlock(Block):
    question: Name
    is_one_of: list[Name] = Field(min_length=1)


class QuestionBlock(Block):
    id: Name
    kind: Literal["choice", "several", "scale", "number", "text"]
    audiences: list[Audience] | None = None
    prompt: Texts
    options: list[OptionBlock] = []
    options_from: Name | None = None
    only_if: ConditionBlock | None = None
    lowest: int = 0
    highest: int = 100
    follow_up: Texts | None = None
    short_name: str = ""
    reports_as: Literal["", "segment"] = ""

    _english = field_validator("prompt")(_has_english)


class ConsentBlock(Block):
    wording: Name
    dated: date
    question: QuestionBlock


class SurveyFile(Block):
    survey: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    version: int = Field(ge=1)
    title: Texts
    opening: Texts
    thanks: Texts
    shared_options: dict[Name, list[OptionBlock]] = {}
    before_consent: list[QuestionBlock] = []
    consent: ConsentBlock
    questions: list[QuestionBlock] = Field(min_length=1)
    about_you: list[QuestionBlock] = []
