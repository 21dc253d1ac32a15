"""A paper as a workbook: one sheet about it, one of figures, one a table. Every text is a text:
what a spreadsheet might take for a formula is written so that it is none."""

import io
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from datasource.office.paper import Head, Paper, Plot, Sheet, Value, Words

FONT = "Microsoft YaHei"
FORMATS = {
    "count": "#,##0", "percent": "0.0%", "minutes": "#,##0.0",
    "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss", "clock": "hh:mm",
    "change count": "+#,##0;-#,##0;0", "change percent": "+0.0%;-0.0%;0.0%",
    "change minutes": "+#,##0.0;-#,##0.0;0.0",
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
_PORTRAIT = 90  # letters across; a wider sheet is printed across the page
_PAGE = 60  # rows that are printed on one page
_HEADS = 2  # rows before a table's own: what it is, its headings
_NOTE = (90, 320)  # height and width of a note, in pixels
_A4 = 9


def workbook(paper: Paper, words: Words) -> bytes:
    """The file's bytes."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _about(book, paper, words)
    if any(leaf.figures for leaf in paper.leaves):
        _figures(book, paper, words)
    for leaf in paper.leaves:
        tables = [*leaf.sheets, *(_sheet_of(p, words) for p in leaf.plots if p.lines)]
        for table in tables:  # dots are of a table that is there already
            _table(book, table, f"{leaf.title} {table.title}".strip(), paper.foot, words)
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
    right = not isinstance(value, str) or form not in {"words", *_TIMES}
    inner = 0 if right or cell.column == 1 else 1
    side = "right" if right else "left"
    cell.alignment = Alignment(horizontal=side, vertical="center", indent=inner)


def _heading(sheet: Worksheet, title: str, heads: Sequence[Head], words: Words) -> None:
    """What the sheet is, and headings; both stay in sight. What a column means stands in a note on
    its heading."""
    _write(sheet.cell(1, 1), title)
    sheet.cell(1, 1).font = Font(name=FONT, bold=True, size=12)
    for place, head in enumerate(heads, 1):
        cell = sheet.cell(_HEADS, place)
        minutes = head.form == "minutes"
        _write(cell, words("paper.minutes", name=head.title) if minutes else head.title)
        cell.font, cell.fill, cell.border = Font(name=FONT, bold=True), _HEAD, _LINE
        if head.form not in {"words", *_TIMES}:
            cell.alignment = Alignment(horizontal="right", vertical="center")
        if head.means:
            cell.comment = Comment(defused(head.means), "", *_NOTE)
    sheet.freeze_panes = f"A{_HEADS + 1}"


def _filtered(sheet: Worksheet) -> None:
    """Rows can be sorted and filtered by their headings."""
    last = sheet.cell(sheet.max_row, sheet.max_column).coordinate
    sheet.auto_filter.ref = f"A{_HEADS}:{last}"


def _printed(sheet: Worksheet, foot: str) -> None:
    """On paper: as wide as the page, the headings again on each, and of when the data is."""
    wide = sum(column.width for column in sheet.column_dimensions.values())
    sheet.page_setup.orientation = "portrait" if wide <= _PORTRAIT else "landscape"
    sheet.page_setup.paperSize = _A4
    short = sheet.max_row <= _PAGE
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, int(short)
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.freeze_panes:
        sheet.print_title_rows = f"1:{_HEADS}"
    sheet.oddFooter.left.text = _FORBIDDEN.sub(" ", foot).replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"


def _new(book: Workbook, title: str) -> Worksheet:
    """A sheet of that name, which Excel allows 31 letters, each once."""
    plain = _NOT_A_NAME.sub(" ", _FORBIDDEN.sub(" ", _ASIDE.sub("", title)))
    name = plain.strip().lstrip(_SIGNS)[:28] or "-"
    taken = sum(each.title.startswith(name) for each in book.worksheets)
    return book.create_sheet(f"{name} {taken + 1}" if taken else name)


def _fit(sheet: Worksheet, start: int = _HEADS) -> None:
    """Columns as wide as what stands in them from row `start` on."""
    for place, column in enumerate(sheet.iter_cols(min_row=start), 1):
        longest = max(_width(cell) for cell in column)
        sheet.column_dimensions[get_column_letter(place)].width = min(_WIDEST, longest + 3)


def _width(cell: Cell) -> int:
    """About how many letters a cell shows. A heading has the button of its filter besides."""
    value = cell.value
    if isinstance(value, str):
        letters = sum(2 if ord(letter) > 0x2E7F else 1 for letter in value)
        return letters + 2 if cell.row == _HEADS else letters
    if isinstance(value, int | float):
        return len(f"{value:,.1f}")
    return len(FORMATS["moment"] if isinstance(value, datetime) else FORMATS["day"])


def _about(book: Workbook, paper: Paper, words: Words) -> None:
    """What it is about, and what its numbers mean."""
    sheet = _new(book, words("paper.sheet.about"))
    for row, (label, text) in enumerate(paper.about, 1):
        _entry(sheet, row, label, text)
        if text == paper.address:
            sheet.cell(row, 2).hyperlink = text
    start = len(paper.about) + 2
    _entry(sheet, start, words("paper.definitions"), "")
    definitions = list(dict.fromkeys(paper.definitions))
    for row, (name, means) in enumerate(definitions, start + 1):
        _entry(sheet, row, name, means)
    _fit(sheet, 1)


def _entry(sheet: Worksheet, row: int, label: str, text: str) -> None:
    _write(sheet.cell(row, 1), label)
    sheet.cell(row, 1).font = Font(name=FONT, bold=True)
    _write(sheet.cell(row, 2), text)
    sheet.cell(row, 2).alignment = Alignment(wrap_text=True, vertical="center")


def _figures(book: Workbook, paper: Paper, words: Words) -> None:
    title = words("paper.sheet.figures")
    sheet = _new(book, title)
    heads = [
        Head(words("paper.about.pages")), Head(words("paper.number")),
        Head(words("paper.value"), ""), Head(words("paper.n"), "count"),
        Head(words("paper.state")), Head(words("paper.note")), Head(words("paper.meaning")),
    ]  # fmt: skip
    _heading(sheet, words("paper.heading", title=title, foot=paper.foot), heads, words)
    figures = [(leaf.title, figure) for leaf in paper.leaves for figure in leaf.figures]
    for row, (page, figure) in enumerate(figures, _HEADS + 1):
        state = words(f"paper.state.{figure.state}") if figure.state else ""
        values = (page, figure.name, figure.value, figure.n, state, figure.note, figure.means)
        forms = ("words", "words", figure.form, "count", "words", "words", "words")
        for place, (value, form) in enumerate(zip(values, forms, strict=True), 1):
            _write(sheet.cell(row, place), value, form)
    _fit(sheet)
    _filtered(sheet)


def _table(book: Workbook, table: Sheet, title: str, foot: str, words: Words) -> None:
    sheet = _new(book, title)
    _heading(sheet, words("paper.heading", title=title, foot=foot), table.heads, words)
    for number, row in enumerate(table.rows, _HEADS + 1):
        own = table.forms[number - _HEADS - 1] if table.forms else ""
        for place, (head, value) in enumerate(zip(table.heads, row, strict=True), 1):
            form = f"change {own}" if head.form == "change" else head.form or own
            cell = sheet.cell(number, place)
            named = head.form == "words" and own == "minutes"
            _write(cell, words("paper.minutes", name=value) if named else value, form)
    _fit(sheet)
    _filtered(sheet)


def _sheet_of(plot: Plot, words: Words) -> Sheet:
    form = "percent" if plot.share else "count"
    heads = [
        Head(
            words("brief.column.day" if plot.along == "day" else "meeting.column.time"), plot.along
        ),
        *(Head(name, form) for name, _ in plot.series),
        *(Head(name, "count") for name, _ in plot.sizes),
    ]
    columns = [plot.names, *(values for _, values in (*plot.series, *plot.sizes))]
    title = f"{plot.title} · {plot.running}" if plot.running else plot.title
    return Sheet(title, heads, [list(row) for row in zip(*columns, strict=True)])
