"""A paper as a workbook: one sheet about it, one of figures, one a table. Every text is a text:
what a spreadsheet might take for a formula is written so that it is none."""

import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from datasource.office.paper import Head, Leaf, Paper, Plot, Sheet, Value, Words

FONT = "Microsoft YaHei"
FORMATS = {
    "count": "#,##0", "percent": "0.0%", "minutes": "#,##0.0",
    "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss", "clock": "hh:mm",
}  # fmt: skip
_TIMES: dict[str, Callable[[str], date | time]] = {
    "day": date.fromisoformat,
    "moment": datetime.fromisoformat,
    "clock": time.fromisoformat,
}
_SIGNS = "=+-@\t\r\n＝＋－＠ "  # what a formula begins with; the blank hides the others
_DANGEROUS = tuple(_SIGNS.strip(" "))
# What no XML may hold.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NOT_A_NAME = re.compile(r"[\\/*?:\[\]']")
_ASIDE = re.compile(r"（[^）]*）?|\([^)]*\)?")
_HEAD = PatternFill("solid", fgColor="DCE6F2")
_LINE = Border(bottom=Side(style="thin", color="C3CFDD"))
_WIDEST = 60
_NOTE = (90, 320)  # height and width of a note, in pixels
_A4 = 9


def workbook(paper: Paper, words: Words) -> bytes:
    """The file's bytes."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _about(book, paper, words)
    if any(leaf.figures for leaf in paper.leaves):
        _figures(book, paper.leaves, words)
    for leaf in paper.leaves:
        for sheet in leaf.sheets:
            _table(book, sheet, f"{leaf.title} {sheet.title}")
        for plot in leaf.plots:
            if plot.lines:  # dots are of a table that is there already
                _table(book, _sheet_of(plot, words), f"{leaf.title} {plot.title}")
    for sheet in book.worksheets:
        _printed(sheet, paper.foot)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula, also when it is saved as CSV."""
    clean = _FORBIDDEN.sub("\ufffd", text)
    return f"'{clean}" if clean.lstrip(" ").startswith(_DANGEROUS) else clean


def _write(cell: Cell, value: Value, form: str = "words") -> None:
    if isinstance(value, str) and form in _TIMES:
        cell.value = _TIMES[form](value)
        cell.number_format = FORMATS[form]
    elif isinstance(value, str):
        cell.value = defused(value)
        cell.data_type = "s"
    else:
        cell.value = value
        cell.number_format = FORMATS.get(form, "General")
    cell.font = Font(name=FONT)
    right = not isinstance(value, str) or form != "words"
    cell.alignment = Alignment(horizontal="right" if right else "left", vertical="center")


def _heading(sheet: Worksheet, heads: Sequence[Head]) -> None:
    """A first row that stays in sight; what a column means stands in a note on its heading."""
    for place, head in enumerate(heads, 1):
        cell = sheet.cell(1, place)
        _write(cell, head.title)
        cell.font, cell.fill, cell.border = Font(name=FONT, bold=True), _HEAD, _LINE
        if head.form != "words":
            cell.alignment = Alignment(horizontal="right", vertical="center")
        if head.means:
            cell.comment = Comment(defused(head.means), "", *_NOTE)
    sheet.freeze_panes = "A2"


def _filtered(sheet: Worksheet) -> None:
    """Rows can be sorted and filtered by their headings."""
    sheet.auto_filter.ref = sheet.dimensions


def _printed(sheet: Worksheet, foot: str) -> None:
    """On paper: as wide as the page, the headings again on each, and of when the data is."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.freeze_panes:
        sheet.print_title_rows = "1:1"
    sheet.oddFooter.left.text = _FORBIDDEN.sub(" ", foot).replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"


def _new(book: Workbook, title: str) -> Worksheet:
    """A sheet of that name, which Excel allows 31 letters, each once."""
    plain = _NOT_A_NAME.sub(" ", _FORBIDDEN.sub(" ", _ASIDE.sub("", title)))
    name = plain.strip().lstrip(_SIGNS)[:28] or "-"
    taken = sum(each.title.startswith(name) for each in book.worksheets)
    return book.create_sheet(f"{name} {taken + 1}" if taken else name)


def _fit(sheet: Worksheet) -> None:
    for place, column in enumerate(sheet.columns, 1):
        longest = max(_width(str(cell.value or "")) for cell in column)
        sheet.column_dimensions[get_column_letter(place)].width = min(_WIDEST, longest + 3)


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def _about(book: Workbook, paper: Paper, words: Words) -> None:
    sheet = _new(book, words("paper.sheet.about"))
    for row, (label, text) in enumerate(paper.about, 1):
        _write(sheet.cell(row, 1), label)
        sheet.cell(row, 1).font = Font(name=FONT, bold=True)
        _write(sheet.cell(row, 2), text)
    start = len(paper.about) + 2
    _write(sheet.cell(start, 1), words("paper.definitions"))
    sheet.cell(start, 1).font = Font(name=FONT, bold=True)
    for row, (name, means) in enumerate(paper.definitions, start + 1):
        _write(sheet.cell(row, 1), name)
        _write(sheet.cell(row, 2), means)
        sheet.cell(row, 2).alignment = Alignment(wrap_text=True, vertical="center")
    _fit(sheet)


def _figures(book: Workbook, leaves: Iterable[Leaf], words: Words) -> None:
    sheet = _new(book, words("paper.sheet.figures"))
    _heading(
        sheet,
        [
            Head(words("paper.about.pages")), Head(words("paper.number")),
            Head(words("paper.value"), ""), Head(words("paper.n"), "count"),
            Head(words("paper.meaning")),
        ],
    )  # fmt: skip
    row = 1
    for leaf in leaves:
        for figure in leaf.figures:
            row += 1
            _write(sheet.cell(row, 1), leaf.title)
            _write(sheet.cell(row, 2), figure.name)
            _write(sheet.cell(row, 3), figure.value, figure.form)
            _write(sheet.cell(row, 4), figure.n, "count")
            _write(sheet.cell(row, 5), figure.means)
    _fit(sheet)
    _filtered(sheet)


def _table(book: Workbook, table: Sheet, title: str) -> None:
    sheet = _new(book, title)
    _heading(sheet, table.heads)
    for number, row in enumerate(table.rows, 2):
        own = table.forms[number - 2] if table.forms else ""
        for place, (head, value) in enumerate(zip(table.heads, row, strict=True), 1):
            _write(sheet.cell(number, place), value, head.form or own)
    _fit(sheet)
    _filtered(sheet)


def _sheet_of(plot: Plot, words: Words) -> Sheet:
    form = "percent" if plot.share else "count"
    heads = [
        Head(words("paper.about.period"), plot.along),
        *(Head(name, form) for name, _ in plot.series),
    ]
    columns = [plot.names, *(values for _, values in plot.series)]
    return Sheet(plot.title, heads, [list(row) for row in zip(*columns, strict=True)])
