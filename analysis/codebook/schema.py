"""The shape of a codebook file. Each model names one block of the YAML; unknown words are refused.

Themes and outcomes may be written as a list of blocks with an `id`, or as `id: definition` and `id: {…}`.
"""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

CodeId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
Definition = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Clause = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=240)]


def _listed(value: Any) -> Any:
    """The mapping form as the list form, so that one schema serves both."""
    if not isinstance(value, dict):
        return value
    return [
        {"id": code_id, **block} if isinstance(block, dict) else {"id": code_id, "definition": block}
        for code_id, block in value.items()
    ]


class Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CodeBlock(Block):
    id: CodeId
    guid: UUID | None = None
    name: Text | None = None
    definition: Definition
    topic: Text | None = None
    include: list[Text] = []
    exclude: list[Text] = []
    tell_us: dict[str, Clause] = {}
    tell_us_in: dict[str, dict[str, Clause]] = {}
    workforce: Clause | None = None
    workforce_in: dict[str, Clause] = {}
    former_names: list[Text] = []
    retired: bool = False


class CodebookFile(Block):
    codebook: CodeId | None = None
    version: int = Field(default=1, ge=1)
    title: Text | None = None
    outcomes: Annotated[list[CodeBlock], BeforeValidator(_listed)] = []
    themes: Annotated[list[CodeBlock], BeforeValidator(_listed)] = Field(min_length=1)
