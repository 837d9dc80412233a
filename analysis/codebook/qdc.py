"""A codebook as programs for qualitative analysis exchange it: REFI-QDA Codebook 1.0, `.qdc`.

The standard knows names, GUIDs, descriptions and sets, and no more. So outcomes are the members of a set called
"Outcomes"; notes and the id stand in the description in words that a person can read and this module can find again;
a code that may not be given any more (`isCodable="false"`) is a retired one. Of other programs' files, folders of codes
are opened and what is not a code is let be.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, register_namespace, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from analysis.codebook.codebook import Code, Codebook
from analysis.codebook.loader import Place, check_body, codebook_from
from analysis.codebook.names import id_for
from consultation.content import BadFile

NAMESPACE = "urn:QDA-XML:codebook:1.0"
OUTCOMES = "Outcomes"
INCLUDE, EXCLUDE, ID = "Include:", "Exclude:", "Sayso id:"

register_namespace("", NAMESPACE)


def as_qdc(codebook: Codebook) -> bytes:
    book = Element(_tag("CodeBook"), origin=f"Sayso: {codebook.title}")
    codes = SubElement(book, _tag("Codes"))
    for each in codebook.every:
        marks = {"guid": str(each.guid), "name": each.name, "isCodable": "false" if each.retired else "true"}
        SubElement(SubElement(codes, _tag("Code"), marks), _tag("Description")).text = _description(each)
    if outcomes := [each for each in codebook.every if each.facet == "outcome"]:
        guid = str(uuid5(NAMESPACE_URL, f"sayso:{codebook.id}/outcomes"))
        members = SubElement(SubElement(book, _tag("Sets")), _tag("Set"), guid=guid, name=OUTCOMES)
        for each in outcomes:
            SubElement(members, _tag("MemberCode"), guid=str(each.guid))
    indent(book)
    content: bytes = tostring(book, encoding="utf-8", xml_declaration=True)
    return content


def _description(code: Code) -> str:
    lines = [code.definition]
    for heading, notes in ((INCLUDE, code.include), (EXCLUDE, code.exclude)):
        lines += [heading, *(f"- {' '.join(each.split())}" for each in notes)] if notes else []
    return "\n".join([*lines, f"{ID} {code.id}"])


def parse_qdc(content: bytes, path: Path, name: str, version: int) -> Codebook:
    """The codebook called `name` in a `.qdc` file. Raises `BadFile`."""
    book = _root(content, path)
    outcomes = {
        _guid(member)
        for each in book.iter()
        if _name(each) == "Set" and each.get("name", "").casefold() == OUTCOMES.casefold()
        for member in each
        if _name(member) == "MemberCode"
    }
    body: dict[str, Any] = {"codebook": name, "version": version, "outcomes": [], "themes": []}
    called: dict[Place, str] = {}
    for code in _codes(book):
        facet = "outcomes" if _guid(code) in outcomes else "themes"
        blocks = body[facet]
        called[facet, len(blocks)] = code.get("name", "")
        taken = {each["id"] for some in (body["outcomes"], body["themes"]) for each in some}
        blocks.append(_block(code, taken))
    if not body["outcomes"] and not body["themes"]:
        raise BadFile(path, None, "there is no code in it. Export the codebook again, with its codes.")
    if fault := check_body(body):
        place, message = fault
        which = called.get(place[:2])
        raise BadFile(path, None, f"the code '{which}': {message}" if which else message)
    return codebook_from(body)


def _root(content: bytes, path: Path) -> Element:
    try:
        book: Element = fromstring(content, forbid_dtd=True)
    except ParseError as error:
        line, _ = error.position
        mend = "Export the codebook again from the program that it comes from."
        raise BadFile(path, line, f"this is not whole XML ({error}). {mend}") from None
    except (DefusedXmlException, LookupError, ValueError) as error:
        mend = "Export the codebook again as UTF-8, without a DOCTYPE."
        raise BadFile(path, None, f"this XML is not read here ({type(error).__name__}). {mend}") from None
    if _name(book) != "CodeBook":
        raise BadFile(
            path, None, f"this holds a '{_name(book)}' and no 'CodeBook'. Export the codebook alone, as .qdc."
        )
    return book


def _codes(book: Element) -> Iterator[Element]:
    """In the order of the file. A code that can't be given and has others in it is their folder, and none itself."""
    for each in book.iter():
        if _name(each) == "Code" and (_is_codable(each) or all(_name(child) != "Code" for child in each)):
            yield each


def _block(code: Element, taken: set[str]) -> dict[str, Any]:
    name = " ".join(code.get("name", "").split())
    definition: list[str] = []
    notes: dict[str, list[str]] = {INCLUDE: [], EXCLUDE: []}
    code_id, under = "", ""
    for line in (_description_in(code) or name).splitlines():
        if line.startswith(ID):
            code_id = line.removeprefix(ID).strip()
        elif line.strip() in notes:
            under = line.strip()
        elif under and line.startswith("- "):
            notes[under].append(" ".join(line[2:].split()))
        else:
            under = ""
            definition.append(line)
    block = {
        "id": code_id or id_for(name, taken),
        "guid": _guid(code),
        "name": name,
        "definition": "\n".join(definition).strip() or name,
        "include": notes[INCLUDE],
        "exclude": notes[EXCLUDE],
        "retired": not _is_codable(code),
    }
    return {key: value for key, value in block.items() if value}


def _description_in(code: Element) -> str:
    return next((each.text or "" for each in code if _name(each) == "Description"), "")


def _is_codable(code: Element) -> bool:
    return code.get("isCodable", "true").strip() not in ("false", "0")


def _guid(element: Element) -> str:
    """Some programs put braces around it."""
    return re.sub(r"[{}\s]", "", element.get("guid", "")).lower()


def _name(element: Element) -> str:
    """Of the tag, whatever its namespace: some programs write a wrong one."""
    return str(element.tag).rpartition("}")[2]


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
