"""The look of the Word chapter: page, fonts, styles, shading, borders, page numbers. Knows nothing of the report.

Styles are Word's own (Heading 1, List Bullet, Quote …), restyled, so that the chapter takes on the look of whatever
strategy it is pasted into.
"""

from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

INK = RGBColor(0x1D, 0x2B, 0x33)
TEAL = RGBColor(0x12, 0x4E, 0x5C)
GREY = RGBColor(0x6B, 0x75, 0x7B)
LABEL_SHADE, HEAD_SHADE, NOTICE_SHADE, RULE = "E3EEF0", "D3E3E7", "FFF1CC", "9DB7BE"
REFERENCE = "Evidence reference"
NOTE, NOTICE, ATTRIBUTION, LABEL = "Table note", "Notice", "Attribution", "Row label"
_FONT = "Arial"


def set_page(document: Any) -> None:
    """A4, with margins that leave a readable line."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(2.3), Cm(2.1)
    section.header_distance = section.footer_distance = Cm(1.1)


def set_styles(document: Any) -> None:
    """Restyle what the chapter uses."""
    styles = document.styles
    _set_font(styles["Normal"], 10.5, INK, after=6)
    styles["Normal"].paragraph_format.line_spacing = 1.12
    _set_language(styles)
    _set_font(styles["Title"], 24, TEAL, bold=True, after=2)
    _set_font(styles["Heading 1"], 24, TEAL, bold=True, before=0, after=4)
    _set_font(styles["Heading 2"], 15, TEAL, bold=True, before=18, after=6)
    _set_font(styles["Heading 3"], 11.5, TEAL, bold=True, before=10, after=3)
    _set_font(styles["Subtitle"], 13, GREY, after=10, italic=False)
    _set_font(styles["List Bullet"], 10.5, INK, after=3)
    _set_font(styles["Quote"], 11, INK, before=8, after=0, italic=True)
    _set_font(styles["Caption"], 10.5, TEAL, bold=True, before=10, after=3)
    _set_font(styles["Header"], 8.5, GREY)
    _set_font(styles["Footer"], 8.5, GREY)
    quote = styles["Quote"].paragraph_format
    quote.left_indent, quote.right_indent, quote.keep_with_next = Cm(0.7), Cm(1.2), True
    quote.keep_together = True
    styles["Caption"].paragraph_format.keep_with_next = True
    styles["List Bullet"].paragraph_format.line_spacing = 1.08
    for name, part, unwanted in (("List Bullet", "pPr", "contextualSpacing"), ("Subtitle", "rPr", "spacing")):
        for each in styles[name].element.findall(f"{qn(f'w:{part}')}/{qn(f'w:{unwanted}')}"):
            each.getparent().remove(each)
    for name, size, colour in ((NOTE, 9, GREY), (NOTICE, 10.5, INK), (ATTRIBUTION, 9.5, GREY), (LABEL, 10.5, TEAL)):
        added = styles.add_style(name, 1)  # 1: a paragraph style
        added.base_style = styles["Normal"]
        _set_font(
            added,
            size,
            colour,
            bold=name in (NOTICE, LABEL),
            before=3 if name == NOTE else 0,
            after=2 if name == LABEL else 6,
        )
    attribution = styles[ATTRIBUTION].paragraph_format
    attribution.left_indent, attribution.space_before = Cm(0.7), Pt(1)
    reference = styles.add_style(REFERENCE, 2)  # 2: a character style
    reference.font.size, reference.font.color.rgb, reference.font.name = Pt(7), GREY, _FONT


def shade(element: Any, colour: str) -> None:
    """Fill a table cell or a paragraph."""
    properties = element._tc.get_or_add_tcPr() if hasattr(element, "_tc") else element._p.get_or_add_pPr()
    filling = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        filling.set(qn(f"w:{name}"), value)
    properties.append(filling)


def draw_left_rule(style: Any) -> None:
    """A bar down the left side of paragraphs of a style, to set them apart."""
    borders = OxmlElement("w:pBdr")
    borders.append(_border("left", size=18, space=8))
    style.element.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:spacing", "w:ind", "w:jc", "w:rPr")


def draw_borders(table: Any) -> None:
    """Thin lines around and inside a table, and room around its words."""
    properties = table._tbl.tblPr
    borders, margins = OxmlElement("w:tblBorders"), OxmlElement("w:tblCellMar")
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(_border(edge, size=4, space=0))
    for edge, width in (("top", 70), ("left", 110), ("bottom", 50), ("right", 110)):
        margin = OxmlElement(f"w:{edge}")
        margin.set(qn("w:w"), str(width))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")  # Word minds
    properties.insert_element_before(margins, "w:tblLook")


def repeat_as_head(row: Any) -> None:
    """Mark a row as the table's head: read out as such, and repeated on each page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def keep_whole(row: Any) -> None:
    """Never part a row between two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def set_widths(table: Any, widths: list[Any]) -> None:
    """Fixed column widths: on the grid and on each cell, since Word and LibreOffice each read only one."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


def add_page_number(paragraph: Any) -> None:
    """Page 2 of 9"""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.add_run("Page ")
    _add_field(paragraph, "PAGE")
    paragraph.add_run(" of ")
    _add_field(paragraph, "NUMPAGES")


def _add_field(paragraph: Any, instruction: str) -> None:
    for kind, text in (("begin", ""), ("", instruction), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run(text if kind == "text" else "")
        if kind == "":
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = f" {text} "
            run._r.append(code)
        elif kind != "text":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def _set_font(
    style: Any,
    size: float,
    colour: RGBColor,
    *,
    bold: bool = False,
    italic: bool = False,
    before: float | None = None,
    after: float | None = None,
) -> None:
    font = style.font
    font.name, font.size, font.bold, font.italic = _FONT, Pt(size), bold, italic
    font.color.rgb = colour
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for each in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{each}"), None)
    for each in ("eastAsia", "cs"):
        fonts.set(qn(f"w:{each}"), _FONT)
    if before is not None:
        style.paragraph_format.space_before = Pt(before)
    if after is not None:
        style.paragraph_format.space_after = Pt(after)


def _set_language(styles: Any) -> None:
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _border(edge: str, size: int, space: int) -> Any:
    border = OxmlElement(f"w:{edge}")
    for name, value in (("val", "single"), ("sz", str(size)), ("space", str(space)), ("color", RULE)):
        border.set(qn(f"w:{name}"), value)
    return border
