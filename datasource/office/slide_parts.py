"""What slides are made of: titles, texts, and tables whose texts fit. Measures are inches, sizes of
type points; the colours are those of the light theme of assets/css/1-tokens.css."""

import math
import re
from collections.abc import Sequence
from typing import Any

from lxml import etree
from msgspec import Struct
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

FONT = "Microsoft YaHei"
WIDTH, HEIGHT = 13.333, 7.5
MARGIN, TOP, END, FOOT = 0.5, 1.15, 6.95, 7.0
WHOLE = WIDTH - 2 * MARGIN
_colour: Any = RGBColor.from_string
TEXT, SOFT, LINE, PALE = _colour("10203A"), _colour("40536F"), _colour("D5DEEA"), _colour("EEF2F8")
PARTY, LATE, RISK, WHITE = (_colour(c) for c in ("C8102E", "C01F2A", "8A5600", "FFFFFF"))
_TITLE = 28
CELL = 13.0
_LEAST_CELL = 9.0
_PAD = 0.22  # the margins of a cell, left and right
_ROW = 0.36  # of a table that has room; one that has not comes down to the least
LEAST_ROW = 0.265
HEAD_ROW = 0.5  # for headings of two lines

_UNBROKEN = re.compile(r"[^\s\u2e80-\uffff]+")  # a line may end between any Chinese letters

Box = tuple[float, float, float, float]


class Grid(Struct, frozen=True):
    """A table: texts, the columns that hold numbers, and whether its first row is of headings."""

    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
    head: bool = True


class Deck:
    """A presentation to which slides are added."""

    def __init__(self, foot: str) -> None:
        self.file: Any = Presentation()
        self.file.slide_width, self.file.slide_height = Inches(WIDTH), Inches(HEIGHT)
        self._foot = foot

    def slide(self, title: str, top: float = 0.25, size: float = _TITLE) -> Any:
        """A slide with its title, what it is of and when, and its number."""
        slide = self.file.slides.add_slide(self.file.slide_layouts[5])  # a title alone
        place = slide.shapes.title
        place.left, place.top = Inches(MARGIN), Inches(top)
        place.width, place.height = Inches(WHOLE), Inches(0.75)
        place.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        fits = 0.92 * (WHOLE - _PAD) / wide(title, size, bold=True)
        say(place.text_frame, title, max(16.0, size * min(1.0, fits)), bold=True)
        self.block(slide, (MARGIN, top + 0.77, WHOLE, 0.03), PARTY)
        self.text(slide, (MARGIN, FOOT, 10.5, 0.35), self._foot, 11, colour=SOFT)
        number = str(len(self.file.slides))
        box = (WIDTH - MARGIN - 1, FOOT, 1, 0.35)
        self.text(slide, box, number, 11, align=PP_ALIGN.RIGHT, colour=SOFT)
        return slide

    def block(self, slide: Any, box: Box, colour: Any) -> Any:
        """A filled box; answers it, to write in."""
        block = slide.shapes.add_textbox(*(Inches(each) for each in box))
        block.text_frame.auto_size = MSO_AUTO_SIZE.NONE
        block.fill.solid()
        block.fill.fore_color.rgb = colour
        return block

    def text(self, slide: Any, box: Box, text: str, size: float, **how: Any) -> None:
        """A text in a box, broken where it must."""
        frame = slide.shapes.add_textbox(*(Inches(each) for each in box)).text_frame
        frame.word_wrap = True
        say(frame, text, size, **how)

    def grid(self, slide: Any, grid: Grid, top: float, widths: Sequence[float] = ()) -> None:
        """A table from `top` on, as wide as the slide, with columns as wide as their texts need
        (or of these widths)."""
        size = CELL
        if not widths:
            widths, size = _fitted(grid)
        lines = grid.head and any(
            wide(text, size, bold=True) + _PAD > width
            for text, width in zip(grid.rows[0], widths, strict=True)
        )
        first = HEAD_ROW if lines else 0.0
        below = grid.rows[1:] if lines else grid.rows
        high = min(_ROW, (END - top - first) / max(1, sum(_lines(r, widths, size) for r in below)))
        box = (MARGIN, top, WHOLE, first + high * len(grid.rows))
        table = slide.shapes.add_table(
            len(grid.rows), len(widths), *(Inches(each) for each in box)
        ).table
        table.first_row, table.horz_banding = grid.head, False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Inches(width)
        for row, texts in enumerate(grid.rows):
            head = grid.head and row == 0
            table.rows[row].height = Inches(first if head and lines else high)
            for column, text in enumerate(texts):
                _cell(table.cell(row, column), text, size, head, column in grid.numbers)


def say(
    frame: Any, text: str, size: float, *, bold: bool = False, colour: Any = TEXT,
    align: Any = PP_ALIGN.LEFT, address: str = "",
) -> None:  # fmt: skip
    """Write a text as the only one of a frame; `address` is where it leads."""
    frame.text = ""
    _said(frame.paragraphs[0], text, size, bold, colour, align)
    if address:
        frame.paragraphs[0].runs[0].hyperlink.address = address


def sign(frame: Any, text: str, size: float, colour: Any) -> None:
    """Write a sign behind the first text of a frame."""
    _run(frame.paragraphs[0], f" {text}", size, False, colour)


def add(frame: Any, text: str, size: float, *, bold: bool = False, colour: Any = TEXT) -> None:
    """Write a text below those that a frame has."""
    _said(frame.add_paragraph(), text, size, bold, colour, PP_ALIGN.LEFT)


def _said(
    paragraph: Any, text: str, size: float, bold: bool, colour: Any, align: Any
) -> None:  # fmt: skip
    paragraph.alignment = align
    _run(paragraph, text, size, bold, colour)


def _run(paragraph: Any, text: str, size: float, bold: bool, colour: Any) -> None:
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
    run.font.color.rgb = colour
    east_asian(run._r)


def east_asian(element: Any) -> None:
    """Name the font for Chinese letters too: `latin` alone leaves them to chance."""
    for latin in element.iter(qn("a:latin")):
        if latin.getnext() is None or latin.getnext().tag != qn("a:ea"):
            named = etree.Element(qn("a:ea"), typeface=latin.get("typeface"))
            latin.addnext(named)


def colour_of(text: str) -> Any:
    """A text that begins with the sign of a state has its colour."""
    return {"▲": LATE, "◆": RISK}.get(text[:1], TEXT)


def _cell(cell: Any, text: str, size: float, head: bool, number: bool) -> None:
    cell.margin_top = cell.margin_bottom = Inches(0.02)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.fill.solid()
    cell.fill.fore_color.rgb = PALE if head else WHITE
    align = PP_ALIGN.RIGHT if number else PP_ALIGN.LEFT
    colour = SOFT if head else colour_of(text)
    say(cell.text_frame, text, size, bold=head, align=align, colour=colour)
    if not head:
        _underlined(cell)


def _underlined(cell: Any) -> None:
    """A hairline below a cell."""
    line = etree.SubElement(cell._tc.get_or_add_tcPr(), qn("a:lnB"), w="6350")
    etree.SubElement(etree.SubElement(line, qn("a:solidFill")), qn("a:srgbClr"), val=str(LINE))
    # Lines stand before the fill.
    cell._tc.tcPr.insert(0, line)


def _fitted(grid: Grid) -> tuple[list[float], float]:
    """Widths of the columns and the size of type: as large as it can be, headings on one line if
    there is room and on two if not, no word of them broken."""
    size = CELL
    need = [_needed(grid, i, size, 1) for i in range(len(grid.rows[0]))]
    if sum(need) > WHOLE:
        need = [_needed(grid, i, size, 2) for i in range(len(grid.rows[0]))]
    if sum(need) > WHOLE:
        margins = _PAD * len(need)
        size = max(_LEAST_CELL, size * (WHOLE - margins) / (sum(need) - margins))
        need = [_needed(grid, i, size, 2) for i in range(len(grid.rows[0]))]
    return [WHOLE * each / sum(need) for each in need], size


def _lines(row: Sequence[str], widths: Sequence[float], size: float) -> int:
    """On how many lines a row's longest text stands."""
    cells = zip(row, widths, strict=True)
    return max(max(1, math.ceil(wide(text, size) / (width - _PAD))) for text, width in cells)


def _needed(grid: Grid, column: int, size: float, lines: int) -> float:
    head, *texts = (row[column] for row in grid.rows)
    longest = wide(head, size, bold=grid.head)
    if lines > 1:
        unbroken = (wide(word, size, bold=True) for word in _UNBROKEN.findall(head))
        longest = max(longest / lines + size / 144, *unbroken, 0.0)
    return max(longest, *(wide(text, size) for text in texts), 0.0) + _PAD


def wide(text: str, size: float, *, bold: bool = False) -> float:
    """About how many inches a text needs on one line: no font is at hand to tell exactly."""
    latin = 0.64 if bold else 0.58
    return sum(1 if ord(letter) > 0x2E7F else latin for letter in text) * size / 72
