"""The shape of a framework file. Each model names one block of the YAML; unknown words are refused."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,59}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]


class Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceBlock(Block):
    document: Text
    year: int = Field(ge=1990, le=2100)
    pages: list[Text] = Field(min_length=1)


class PriorityBlock(Block):
    id: Name
    name: Text
    kind: Literal["overarching", "key"]
    objective: Text
    milestones: dict[Text, list[Text]] = {}


class ObjectiveBlock(Block):
    id: Name
    text: Text
    plan_priority: int | None = Field(default=None, ge=1)


class RequirementBlock(Block):
    activity: Text
    reference: Text
    requirement: Text


class OutcomeBlock(Block):
    id: Name
    delivered_through: list[Name] = Field(min_length=1)


class FrameworkFile(Block):
    framework: Name
    authority: Text
    partnership: Text
    title: Text
    years: Text
    source: SourceBlock
    vision: list[Text] = Field(min_length=1)
    principles: list[Text] = []
    priorities: list[PriorityBlock] = Field(min_length=1)
    plan_title: Text
    objectives: list[ObjectiveBlock] = Field(min_length=1)
    plan_requirements: list[RequirementBlock] = []
    outcomes: list[OutcomeBlock] = Field(min_length=1)
