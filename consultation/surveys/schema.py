"""The shape of a survey file. Each model names one block of the YAML; unknown words are refused."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from consultation.domain.consultation import Audience
from consultation.domain.languages import LANGUAGES, is_locale
from consultation.domain.survey import Precision
from consultation.domain.wording import ANY, PLAIN

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$|^[0-9][a-z0-9_]{0,39}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=3500)]


class Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Texts = dict[str, Text]
Kind = Literal[
    "choice", "yes_no", "several", "scale", "ranking", "number", "date", "text", "picture", "matrix"
]  # fmt: skip
ONLY_OF = {
    "lowest": ("number",), "highest": ("number",), "most": ("several", "ranking"), "from": ("scale", "matrix"),
    "to": ("scale", "matrix"), "low": ("scale", "matrix"), "high": ("scale", "matrix"), "faces": ("scale", "matrix"),
    "precision": ("date",), "earliest": ("date",), "latest": ("date",), "rows": ("matrix",), "follow_up": ("text",),
}  # fmt: skip


def _has_english(texts: Texts) -> Texts:
    if PLAIN not in texts and ANY not in texts:
        raise ValueError("an English wording is missing. Add a line 'en: …' under it.")
    if unknown := [tag for tag in texts if tag != ANY and not is_locale(tag)]:
        raise ValueError(
            f"'{unknown[0]}' is no language that Sayso speaks. They are: {', '.join(LANGUAGES)}; en@easy is Easy Read."
        )
    return texts


class OptionBlock(Block):
    id: Name
    label: Texts
    ends: Texts | None = None
    alone: bool = False
    picture: str = ""

    _english = field_validator("label")(_has_english)

    @field_validator("id", mode="before")
    @classmethod
    def _number_is_a_name(cls, value: object) -> object:
        return str(value) if isinstance(value, int) else value


class RowBlock(Block):
    """One row of a matrix: what stands where its prompt says {row}."""

    id: Name
    label: Texts
    picture: str = ""

    _english = field_validator("label")(_has_english)


class ConditionBlock(Block):
    """Either a question with one thing to be said of its answer, or one of all, any and not."""

    question: Name | None = None
    is_one_of: list[Name] | None = Field(default=None, min_length=1)
    is_none_of: list[Name] | None = Field(default=None, min_length=1)
    at_least: int | None = None
    at_most: int | None = None
    all: list["ConditionBlock"] | None = Field(default=None, min_length=1)
    any: list["ConditionBlock"] | None = Field(default=None, min_length=1)
    not_: "ConditionBlock | None" = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _says_one_thing(self) -> "ConditionBlock":
        groups = [each for each in (self.all, self.any, self.not_) if each is not None]
        tests = [self.is_one_of, self.is_none_of, self.at_least if self.at_most is None else self.at_most]
        said = sum(each is not None for each in tests)
        if len(groups) + said != 1 or (self.question is not None) != bool(said):
            raise ValueError(
                "a condition names a question with is_one_of, is_none_of, or at_least and at_most; "
                "or it is one of all, any and not, with conditions under it. Split it."
            )
        return self


class QuestionBlock(Block):
    id: Name
    kind: Kind
    audiences: list[Audience] | None = None
    prompt: Texts
    options: list[OptionBlock] = []
    options_from: Name | None = None
    only_if: ConditionBlock | None = None
    lowest: int = 0
    highest: int = 100
    most: int = Field(default=0, ge=0)
    from_: int | None = Field(default=None, alias="from", ge=0)
    to: int | None = None
    low: Texts | None = None
    high: Texts | None = None
    faces: bool = False
    precision: Precision = Precision.DAY
    earliest: date | None = None
    latest: date | None = None
    rows: list[RowBlock] = []
    follow_up: Texts | None = None
    short_name: Texts = {}
    from_link: bool = False
    picture: str = ""
    reports_as: Literal["", "segment"] = ""

    _english = field_validator("prompt")(_has_english)

    @field_validator("follow_up", "low", "high")
    @classmethod
    def _english_too(cls, value: Texts | None) -> Texts | None:
        return value and _has_english(value)

    @field_validator("short_name", mode="before")
    @classmethod
    def _english_if_not_said(cls, value: object) -> object:
        return {PLAIN: value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _says_only_what_its_kind_knows(self) -> "QuestionBlock":
        for words, kinds in ONLY_OF.items():
            said = self.model_fields_set & {words, f"{words}_"}
            if said and self.kind not in kinds:
                raise ValueError(
                    f"'{words}' is for the kind {' or '.join(kinds)}, and '{self.id}' is of kind {self.kind}. "
                    "Take it out, or change the kind."
                )
        return self


class ConsentBlock(Block):
    wording: Name
    dated: date
    question: QuestionBlock


class OpeningBlock(Block):
    only_if: ConditionBlock
    text: Texts

    _english = field_validator("text")(_has_english)


class SurveyFile(Block):
    survey: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    version: int = Field(ge=1)
    title: Texts
    opening: Texts
    greeting: Texts | None = None
    openings: list[OpeningBlock] = []
    thanks: Texts
    audiences: list[Audience] = Field(default=list(Audience), min_length=1)
    languages: list[Literal["en", "cy", "pl", "ro", "uk", "ur", "ar"]] = ["en"]
    shared_options: dict[Name, list[OptionBlock]] = {}
    before_consent: list[QuestionBlock] = []
    consent: ConsentBlock
    questions: list[QuestionBlock] = Field(min_length=1)
    about_you_from: list[Name] = []
    about_you: list[QuestionBlock] = []


class SharedOptionsFile(Block):
    """The lists of options that ship, for any survey."""

    shared_options: dict[Name, list[OptionBlock]]


class AboutYouFile(Block):
    """The questions about somebody that ship, for any survey."""

    about_you: list[QuestionBlock]
