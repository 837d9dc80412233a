"""From a codebook file to a `Codebook`, with the checks that a schema cannot make. Knows where the shipped one lies.

Knows no coder and no report.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml
from pydantic import ValidationError

from analysis.codebook.codebook import Code, Codebook, CodeFacet, Statements, Workforce
from analysis.codebook.schema import CodeBlock, CodebookFile
from analysis.records import AUDIENCES
from consultation.content import BadFile, load
from consultation.content.checked_yaml import in_words, line_of, parse

DEFINITIONS = Path(__file__).parent / "definitions"
SHIPPED = "every-child-matters"

Place = tuple[str | int, ...]  # where in the file: ("themes", 3, "tell_us")
Fault = tuple[Place, str]


@cache
def shipped_codebook() -> Codebook:
    """The codebook that comes with Sayso."""
    return load_codebook(DEFINITIONS / f"{SHIPPED}.yaml")


def load_codebook(path: Path) -> Codebook:
    """The codebook in `path`. Raises `BadFile` with file, line and how to mend it."""
    load(path, CodebookFile)  # tells what keeps the file from being read at all
    return parse_codebook(path.read_text(encoding="utf-8"), path)


def parse_codebook(text: str, path: Path) -> Codebook:
    """The codebook in a YAML file's text; `path` is only named in what is said of a fault. Raises `BadFile`."""
    file = parse(text, path, CodebookFile)
    for place, message in _faults(file):
        raise BadFile(path, _line(text, place), message)
    return _codebook(file, file.codebook or path.stem)


def codebook_from(body: Mapping[str, Any]) -> Codebook:
    """A version that was checked before it was stored: the content of a codebook file as data."""
    file = CodebookFile.model_validate(body)
    if file.codebook is None:
        raise ValueError("A stored codebook names itself.")
    return _codebook(file, file.codebook)


def check_body(body: Mapping[str, Any]) -> Fault | None:
    """The first thing that is wrong with the content of a codebook file, and where."""
    try:
        file = CodebookFile.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        return first["loc"], in_words(first)
    return next(_faults(file), None)


def _codebook(file: CodebookFile, name: str) -> Codebook:
    outcomes = [_code(each, "outcome", name) for each in file.outcomes]
    themes = [_code(each, "theme", name) for each in file.themes]
    return Codebook(
        id=name,
        version=file.version,
        title=file.title or name.replace("-", " ").replace("_", " ").capitalize(),
        outcomes=tuple(each for each in outcomes if not each.retired),
        themes=tuple(each for each in themes if not each.retired),
        retired=tuple(each for each in outcomes + themes if each.retired),
    )


def _code(block: CodeBlock, facet: CodeFacet, codebook: str) -> Code:
    name = block.name or block.id.replace("_", " ").capitalize()
    return Code(
        id=block.id,
        guid=block.guid or _derived_guid(codebook, facet, block.id),
        name=name,
        facet=facet,
        definition=block.definition,
        topic=block.topic or _inside_a_sentence(name),
        include=tuple(block.include),
        exclude=tuple(block.exclude),
        statements=Statements(block.tell_us, block.tell_us_in),
        workforce=Workforce(block.workforce, block.workforce_in),
        former_names=tuple(block.former_names),
        retired=block.retired,
    )


def _derived_guid(codebook: str, facet: CodeFacet, code_id: str) -> UUID:
    """The same GUID at every loading for a code whose file gives none: from its id, which never changes."""
    return uuid5(NAMESPACE_URL, f"sayso:{codebook}/{facet}/{code_id}")


def _inside_a_sentence(name: str) -> str:
    """A name without its capital, unless it starts with an abbreviation such as CAMHS."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def _line(text: str, place: Place) -> int | None:
    """The line of `place`; a code written as `id: …` is found by its position too."""
    tree = yaml.compose(text, Loader=yaml.SafeLoader)
    facet, index, *rest = place
    for key, value in tree.value if isinstance(tree, yaml.MappingNode) else []:
        if key.value == facet and isinstance(value, yaml.MappingNode) and isinstance(index, int):
            return line_of(tree, (facet, value.value[index][0].value, *rest))
    return line_of(tree, place)


def _faults(file: CodebookFile) -> Iterator[Fault]:
    """Everything that would make a coding or a report wrong, in the order of the file."""
    yield from _repeats(file)
    outcomes = [each.id for each in file.outcomes]
    for facet, blocks in (("outcomes", file.outcomes), ("themes", file.themes)):
        for index, block in enumerate(blocks):
            yield from _wording_faults(block, (facet, index), outcomes)
    if all(each.retired for each in file.themes):
        yield ("themes", 0), "every theme is retired. Leave at least one in use."


def _repeats(file: CodebookFile) -> Iterator[Fault]:
    """Ids are unique within themes and outcomes together: a coding names its code by id alone."""
    ids: dict[str, str] = {}
    guids: dict[UUID, str] = {}
    for facet, blocks in (("outcomes", file.outcomes), ("themes", file.themes)):
        for index, block in enumerate(blocks):
            if block.id in ids:
                first = ids[block.id]
                yield (facet, index, "id"), f"the id '{block.id}' is taken under {first}. Give this code another id."
            ids[block.id] = facet
            if block.guid and block.guid in guids:
                mend = "Take the line out, or give a new GUID."
                yield (facet, index, "guid"), f"'{block.id}' has the GUID of '{guids[block.guid]}'. {mend}"
            if block.guid:
                guids[block.guid] = block.id


def _wording_faults(block: CodeBlock, place: Place, outcomes: list[str]) -> Iterator[Fault]:
    for audience in block.tell_us:
        if audience not in AUDIENCES:
            yield (*place, "tell_us", audience), _unknown(audience, "an audience", AUDIENCES)
    for outcome, clauses in block.tell_us_in.items():
        if outcome not in outcomes:
            yield (*place, "tell_us_in", outcome), _unknown(outcome, "an outcome of this codebook", outcomes)
        for audience in clauses:
            if audience not in AUDIENCES:
                yield (*place, "tell_us_in", outcome, audience), _unknown(audience, "an audience", AUDIENCES)
    for outcome in block.workforce_in:
        if outcome not in outcomes:
            yield (*place, "workforce_in", outcome), _unknown(outcome, "an outcome of this codebook", outcomes)


def _unknown(word: str, what: str, known: tuple[str, ...] | list[str]) -> str:
    nearest = get_close_matches(word, known, n=1)
    if nearest:
        return f"'{word}' is not {what}. Did you mean '{nearest[0]}'?"
    return (
        f"'{word}' is not {what}. Write one of: {', '.join(known)}."
        if known
        else f"'{word}' is not {what}: it has none."
    )
