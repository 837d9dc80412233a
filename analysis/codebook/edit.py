"""Changes to a codebook: each takes one and gives another. Knows neither answers nor where versions are kept.

What is given back has the version of what was taken: whoever keeps it numbers it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from analysis.codebook.body import body_of
from analysis.codebook.codebook import Code, Codebook, CodeFacet
from analysis.codebook.loader import check_body, codebook_from
from analysis.codebook.names import id_for


class NotEdited(ValueError):
    """The change can't be made. `str()` says why and how to mend it."""


@dataclass(frozen=True)
class Wording:
    """What a person writes about a code."""

    name: str
    definition: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


def revise(codebook: Codebook, code_id: str, wording: Wording) -> Codebook:
    """The code in other words. It stays the same code, and its former name is kept."""
    old = codebook.code(code_id)
    _refuse_name(codebook, wording.name, but=code_id)
    former = old.former_names
    if wording.name != old.name:
        former = (*(each for each in former if each not in (old.name, wording.name)), old.name)
    topic = old.topic if wording.name == old.name else ""  # made anew of the name
    new = replace(
        old, name=wording.name, definition=wording.definition, include=wording.include, exclude=wording.exclude,
        former_names=former, topic=topic,
    )  # fmt: skip
    return _with(codebook, {code_id: new})


def add(codebook: Codebook, wording: Wording, facet: CodeFacet, guid: UUID) -> Codebook:
    """One code more, at the end. Its id is made of its name."""
    _refuse_name(codebook, wording.name)
    taken = {each.id for each in codebook.every}
    code = Code(
        id_for(wording.name, taken), guid, wording.name, facet, wording.definition, include=wording.include,
        exclude=wording.exclude,
    )  # fmt: skip
    return _with(codebook, {}, [code])


def retire(codebook: Codebook, *code_ids: str) -> Codebook:
    """These are not given any more. What was decided about them stays in the record and counts nowhere."""
    return _with(codebook, {each: replace(codebook.code(each), retired=True) for each in code_ids})


def merge(codebook: Codebook, into: str, others: Sequence[str]) -> Codebook:
    """`others` are retired for `into`, which takes their names over as former ones: so they are still found."""
    kept = codebook.code(into)
    gone = [codebook.code(each) for each in others]
    if not gone or into in others:
        raise NotEdited("Choose the code that stays, and at least one other that becomes part of it.")
    if any(each.facet != kept.facet or each.retired for each in (kept, *gone)):
        raise NotEdited("Only codes in use can be merged: themes with themes, outcomes with outcomes.")
    names = dict.fromkeys(name for each in (kept, *gone) for name in (*each.former_names, each.name))
    names.pop(kept.name)
    return _with(retire(codebook, *others), {into: replace(kept, former_names=tuple(names))})


def split(codebook: Codebook, code_id: str, into: Sequence[Code]) -> Codebook:
    """`into` are added and the code is retired."""
    if len(into) < 2:
        raise NotEdited("Name at least two codes that it is to be split into.")
    return retire(_with(codebook, {}, into), code_id)


def parts_of(codebook: Codebook, code_id: str, wordings: Sequence[tuple[Wording, UUID]]) -> list[Code]:
    """The new codes that a code is to be split into, checked as they will be when they are added."""
    facet, made = codebook.code(code_id).facet, codebook
    for wording, guid in wordings:
        made = add(made, wording, facet, guid)
    known = {each.id for each in codebook.every}
    parts = [each for each in made.every if each.id not in known]
    split(codebook, code_id, parts)
    return parts


def code_from(block: dict[str, object], facet: CodeFacet) -> Code:
    """A code that was kept as the block of a codebook file."""
    blocks = {"codebook": "x", "themes": [block]} if facet == "theme" else {"codebook": "x", "outcomes": [block]}
    found = codebook_from({"themes": [{"id": "-", "definition": "-"}], **blocks})
    return found.code(str(block["id"]))


def _with(codebook: Codebook, changed: dict[str, Code], more: Sequence[Code] = ()) -> Codebook:
    """Checked as a file would be, so that what is kept can always be read again."""
    codes = [changed.get(each.id, each) for each in codebook.every] + list(more)
    made = replace(
        codebook,
        outcomes=tuple(each for each in codes if each.facet == "outcome" and not each.retired),
        themes=tuple(each for each in codes if each.facet == "theme" and not each.retired),
        retired=tuple(each for each in codes if each.retired),
    )
    body = body_of(made)
    if fault := check_body(body):
        raise NotEdited(fault[1][:1].upper() + fault[1][1:])
    return codebook_from(body)


def _refuse_name(codebook: Codebook, name: str, but: str = "") -> None:
    for each in codebook.codes:
        if each.id != but and each.name.casefold() == name.casefold():
            raise NotEdited(f"Another code is called '{each.name}'. Give this one another name, or merge the two.")
