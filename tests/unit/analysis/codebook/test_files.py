"""A codebook goes out to a file of any kind and comes back the same; a file with a fault is refused with its place."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]

from analysis.codebook import Code, Codebook, codebook_from, shipped_codebook
from analysis.codebook.body import body_of
from analysis.codebook.files import KINDS, LARGEST, read_codebook, write_codebook
from consultation.content import BadFile

STANDARD = etree.XMLSchema(etree.parse(str(Path(__file__).parent / "refi_codebook.xsd")))
HEAD = "id,name,definition,include,exclude,facet,guid,codebook_version\n"
ONE, TWO = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"

# What people write, commas, quotation marks, angle brackets, "=", "- " and "yes" among it.
WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=8)
TEXTS = st.lists(WORDS | st.sampled_from(["yes", "null", "1_0", "Include:x", "&lt;", "-"]), min_size=1, max_size=5).map(
    " ".join
)
BLOCKS = st.fixed_dictionaries(
    {
        "name": TEXTS,
        "definition": TEXTS,
        "include": st.lists(TEXTS, max_size=2),
        "exclude": st.lists(TEXTS, max_size=2),
        "guid": st.uuids().map(str),
    }
)
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,9}", fullmatch=True)


@st.composite
def books(draw: st.DrawFn) -> Codebook:
    ids = draw(st.lists(IDS, min_size=3, max_size=6, unique=True))
    blocks: list[dict[str, Any]] = [{"id": each} | draw(BLOCKS) for each in ids]
    body = {"codebook": "drawn", "version": draw(st.integers(1, 999)), "outcomes": blocks[:1], "themes": blocks[1:]}
    if draw(st.booleans()):
        blocks[-1]["retired"] = True
    return codebook_from(body)


def codes(book: Codebook) -> list[tuple[object, ...]]:
    """What every kind of file can say of codes."""
    return [
        (each.id, each.guid, each.name, each.definition, each.include, each.exclude, each.facet, each.retired)
        for each in book.every
    ]


@settings(max_examples=40, deadline=None)
@given(book=books())
def test_a_codebook_is_the_same_after_all_kinds_of_files(book: Codebook) -> None:
    travelled = book
    for kind in ("yaml", "csv", "qdc", "csv", "yaml"):
        travelled = read_codebook(*write_codebook(travelled, kind))
        assert codes(travelled) == codes(book), kind
        assert (travelled.id, travelled.version) == (book.id, book.version)
    assert codebook_from(body_of(book)) == read_codebook(*write_codebook(book, "yaml")) == book


@settings(max_examples=20, deadline=None)
@given(book=books())
def test_a_qdc_file_is_as_the_standard_has_it(book: Codebook) -> None:
    STANDARD.assertValid(etree.fromstring(write_codebook(book, "qdc")[1]))


def test_the_codebook_that_ships_goes_out_and_comes_back_whole() -> None:
    assert read_codebook(*write_codebook(shipped_codebook(), "yaml")) == shipped_codebook()
    for kind in KINDS:
        assert codes(read_codebook(*write_codebook(shipped_codebook(), kind))) == codes(shipped_codebook())


def test_another_programs_qdc_file_is_read() -> None:
    """As ATLAS.ti and NVivo write it: folders, braces, no descriptions, sets of their own, another namespace."""
    content = f"""<?xml version="1.0" encoding="utf-8"?>
    <CodeBook xmlns="urn:QDA-XML:codebook:0:4" origin="ATLAS.ti"><Codes>
      <Code guid="{{{ONE}}}" name="Staff" isCodable="false">
        <Code guid="{TWO.upper()}" name="Kind  staff" isCodable="true" color="#46AA00"><Description>Warm.
Always.</Description></Code>
        <Code guid="33333333-3333-4333-8333-333333333333" name="Café staff" isCodable="true"/>
        <Code guid="44444444-4444-4444-8444-444444444444" name="Kind staff!" isCodable="true"/>
      </Code></Codes>
      <Sets><Set guid="55555555-5555-4555-8555-555555555555" name="Mine"><MemberCode guid="{TWO}"/></Set></Sets>
    </CodeBook>"""
    book = read_codebook("Our codes (2).qdc", content.encode())
    assert (book.id, book.version, book.outcomes) == ("Our-codes", 1, ())
    assert [(each.id, each.name) for each in book.themes] == [
        ("kind_staff", "Kind staff"), ("cafe_staff", "Café staff"), ("kind_staff_2", "Kind staff!"),
    ]  # fmt: skip
    kind: Code = book.theme("kind_staff")
    assert (str(kind.guid), kind.definition) == (TWO, "Warm.\nAlways.")
    assert book.theme("cafe_staff").definition == "Café staff"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("c.csv", "", "c.csv: it is empty"),
        ("c.csv", "id,name\na,b\n", "row 1: the first row must name the columns"),
        ("c.csv", HEAD, "there are no rows under the first one"),
        ("c.csv", HEAD.replace("guid", "id"), "two columns are called 'id'"),
        ("c.csv", HEAD + "a,A,x,,,theme,,\nb,B,y,,,theme,,\na,C,z,,,theme,,\n", "row 4: the id 'a' is taken"),
        ("c.csv", HEAD + f"a,A,x,,,theme,{ONE},\nb,B,y,,,theme,{ONE},\n", "row 3: 'b' has the GUID of 'a'"),
        ("c.csv", HEAD + "a,A,x,,,theme,,1\nb,B,y,,,theme,,2\n", "row 3: this row is of version 2 of the codebook"),
        ("c.csv", HEAD + "a,A,x,,,theme,,one\n", "row 2: codebook_version 'one' is no number"),
        ("c.csv", HEAD + "a,A,,,,theme,,\n", "row 2: 'definition' is missing"),
        ("c.csv", HEAD + "a b,A,x,,,theme,,\n", "row 2: themes.0.id"),
        ("c.csv", HEAD + "a,A,x,,,colour,,\n", "row 2: the facet 'colour' is not known"),
        ("c.csv", HEAD + "a,A,x,,,theme,,,,more\n", "row 2: more cells than the first row has"),
        ("c.csv", HEAD + 'a,"A,x\n', "can't be read as CSV"),
        ("c.csv", HEAD.encode("utf-16"), "this is not UTF-8 text"),
        ("c.csv", HEAD.encode() + "é,A,x,,,theme,,".encode("latin-1"), "this is not UTF-8 text"),
        ("c.csv", b"x" * (LARGEST + 1), "it is larger than 2 MB"),
        ("c.qdc", "<CodeBook><Codes><Code", "line 1: this is not whole XML"),
        ("c.qdc", '<!DOCTYPE x [<!ENTITY a "b">]><CodeBook/>', "without a DOCTYPE"),
        ("c.qdc", '<?xml version="1.0" encoding="klingon"?><CodeBook/>', "this"),
        ("c.qdc", "<Project/>", "this holds a 'Project' and no 'CodeBook'"),
        ("c.qdc", "<CodeBook><Codes/></CodeBook>", "there is no code in it"),
        (
            "c.qdc",
            f'<CodeBook><Codes><Code guid="{ONE}" name="A" isCodable="true"/>'
            f'<Code guid="{ONE}" name="B" isCodable="true"/></Codes></CodeBook>',
            "the code 'B': 'b' has the GUID of 'a'",
        ),
        ("c.qdc", '<CodeBook><Codes><Code guid="1" name="A"/></Codes></CodeBook>', "the code 'A': themes.0.guid"),
        ("c.yaml", "themes:\n  - id: a\n", "c.yaml, line 2: 'definition' is missing"),
        ("c.docx", "x", "its name must end in .yaml, .csv or .qdc"),
    ],
)
def test_a_file_with_a_fault_is_refused_with_its_place(name: str, content: str | bytes, said: str) -> None:
    with pytest.raises(BadFile) as caught:
        read_codebook(name, content.encode() if isinstance(content, str) else content)
    assert said in str(caught.value)


def test_a_deep_file_does_not_bring_it_down() -> None:
    deep = '<Code guid="x" name="A" isCodable="false">' * 20_000 + "</Code>" * 20_000
    with pytest.raises(BadFile):
        read_codebook("c.qdc", f"<CodeBook><Codes>{deep}</Codes></CodeBook>".encode())
