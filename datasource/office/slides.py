"""A paper as slides with native tables and charts, on white, for print and projector."""

import io
from collections.abc import Sequence
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from datasource.office.paper import Figure, Leaf, Paper, Plot, Sheet, Words, shown

FONT = "Microsoft YaHei"
# The light theme of assets/css/1-tokens.css, on white.
_colour: Any = RGBColor.from_string
_TEXT, _SOFT, _RED = _colour("10203A"), _colour("40536F"), _colour("C8102E")
_PALE, _WHITE = _colour("E6EDF6"), _colour("FFFFFF")
_SERIES = _colour("0B5FBF"), _colour("0A7A70"), _colour("6238B8")
_WIDTH, _HEIGHT = 13.333, 7.5
_MARGIN, _TOP, _FOOT = 0.5, 1.15, 7.0
_ROW = 0.36  # of a table that has room; one that has not comes down to the least
_LEAST_ROW = 0.285
_HEAD_ROW = 0.5  # for headings of two lines
_ROWS = 16  # of a table on one slide
_ACROSS = 6  # figures side by side; more stand in rows of four
_TITLE_UNITS = 60  # halves of a Chinese letter that a title holds at its full size
_DEFINITIONS = 14

_RIGHT = {"", "count", "percent", "minutes"}

_chart_data: Any = CategoryChartData


def slides(paper: Paper, words: Words) -> bytes:
    """The file's bytes."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(_WIDTH), Inches(_HEIGHT)
    maker = _Maker(deck, paper, words)
    maker.cover()
    for leaf in paper.leaves:
        maker.leaf(leaf)
    maker.definitions()
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


class _Maker:
    def __init__(self, deck: Any, paper: Paper, words: Words) -> None:
        self._deck, self._paper, self._words = deck, paper, words

    def _slide(self, title: str, top: float = 0.25, size: float = 28) -> Any:
        slide = self._deck.slides.add_slide(self._deck.slide_layouts[5])  # a title alone
        place = slide.shapes.title
        place.left, place.top = Inches(_MARGIN), Inches(top)
        place.width, place.height = Inches(_WIDTH - 2 * _MARGIN), Inches(0.75)
        place.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        fits = _TITLE_UNITS / max(_TITLE_UNITS, _long(title))
        _say(place.text_frame, title, max(16, int(size * fits)), bold=True)
        self._block(slide, (_MARGIN, top + 0.77, _WIDTH - 2 * _MARGIN, 0.03), _RED)
        self._text(slide, (_MARGIN, _FOOT, 10.5, 0.35), self._paper.foot, 11, colour=_SOFT)
        number = str(len(self._deck.slides))
        place_ = (_WIDTH - _MARGIN - 1, _FOOT, 1, 0.35)
        self._text(slide, place_, number, 11, align=PP_ALIGN.RIGHT, colour=_SOFT)
        return slide

    def _block(self, slide: Any, box: tuple[float, ...], colour: Any) -> None:
        block = slide.shapes.add_shape(1, *(Inches(each) for each in box))
        block.fill.solid()
        block.fill.fore_color.rgb = colour
        block.line.fill.background()
        block.shadow.inherit = False

    def _text(self, slide: Any, box: tuple[float, ...], text: str, size: float, **how: Any) -> None:
        frame = slide.shapes.add_textbox(*(Inches(each) for each in box)).text_frame
        frame.word_wrap = True
        _say(frame, text, size, **how)

    def cover(self) -> None:
        slide = self._slide(self._paper.title, 1.2, 40)
        rows = [[label, text] for label, text in self._paper.about]
        place = (_MARGIN, 2.4, _WIDTH - 2 * _MARGIN)
        self._grid(slide, place, rows, (2.4, 9.9), 16, 0.5)

    def leaf(self, leaf: Leaf) -> None:
        """Figures with the charts below them, or the first table where it has room there; each
        other table by itself."""
        sheets = list(leaf.sheets)
        if leaf.figures or leaf.plots:
            slide = self._slide(leaf.title)
            top = self._figures(slide, leaf.figures) if leaf.figures else _TOP
            self._plots(slide, leaf.plots, top)
            if not leaf.plots and sheets and _fits(sheets[0], top + 0.4):
                sheet = sheets.pop(0)
                box = (_MARGIN, top, _WIDTH - 2 * _MARGIN, 0.4)
                self._text(slide, box, sheet.title, 14, bold=True)
                self._table(slide, sheet, sheet.rows, top + 0.4)
        for sheet in sheets:
            self._sheet(leaf, sheet)

    def _figures(self, slide: Any, figures: Sequence[Figure]) -> float:
        """The large numbers; answers where they end."""
        across = len(figures) if len(figures) <= _ACROSS else 4
        wide, high = (_WIDTH - 2 * _MARGIN) / across, 1.25
        small = {5: 12, 6: 11}.get(across, 14)
        for place, figure in enumerate(figures):
            left, top = _MARGIN + place % across * wide, _TOP + place // across * high
            self._block(slide, (left, top, wide - 0.12, high - 0.12), _PALE)
            n = "" if figure.n is None else f"  n = {figure.n:,}"
            box = (left, top + 0.05, wide - 0.12, 0.35)
            self._text(slide, box, figure.name + n, small, colour=_SOFT)
            value = shown(figure.value, figure.form)
            self._text(slide, (left, top + 0.36, wide - 0.12, 0.72), value, 34, bold=True)
        return _TOP + -(-len(figures) // across) * high

    # -- charts ----------------------------------------------------------------------------

    def _plots(self, slide: Any, plots: Sequence[Plot], top: float) -> None:
        wide = (_WIDTH - 2 * _MARGIN) / max(1, len(plots))
        for place, plot in enumerate(plots):
            if plot.names:
                box = (_MARGIN + place * wide, top, wide, _FOOT - top)
                self._plot(slide, plot, box)

    def _plot(self, slide: Any, plot: Plot, box: tuple[float, ...]) -> None:
        told: Any = _chart_data(number_format="0.0%" if plot.share else "#,##0")
        told.categories = list(plot.names)
        for name, values in plot.series:
            told.add_series(name, list(values))
        kind = XL_CHART_TYPE.LINE if plot.lines else XL_CHART_TYPE.COLUMN_CLUSTERED
        sizes = [Inches(each) for each in box]
        chart = slide.shapes.add_chart(kind, *sizes, told).chart
        chart.has_title = True
        _say(chart.chart_title.text_frame, plot.title, 14, bold=True)
        chart.has_legend = len(plot.series) > 1
        if chart.has_legend:
            chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        chart.font.size, chart.font.name = Pt(11), FONT
        _east_asian(chart._chartSpace)
        for place, series in enumerate(chart.plots[0].series):
            colour = _SERIES[place % len(_SERIES)]
            if plot.lines:
                series.smooth = False
                series.format.line.color.rgb, series.format.line.width = colour, Pt(2.25)
                series.marker.style = None
            else:
                series.format.fill.solid()
                series.format.fill.fore_color.rgb = colour
        chart.value_axis.minimum_scale = 0  # a bar that begins elsewhere would lie
        if plot.share:
            chart.value_axis.maximum_scale = 1
            chart.value_axis.tick_labels.number_format = "0%"
            chart.value_axis.tick_labels.number_format_is_linked = False

    # -- tables ----------------------------------------------------------------------------

    def _sheet(self, leaf: Leaf, sheet: Sheet) -> None:
        """A table, on as many slides as it needs."""
        title = f"{leaf.title} · {sheet.title}" if sheet.title else leaf.title
        pages = max(1, -(-len(sheet.rows) // _ROWS))
        size = -(-len(sheet.rows) // pages)
        for page in range(pages):
            number = f" ({page + 1}/{pages})" if pages > 1 else ""
            slide, start = self._slide(title + number), page * size
            self._table(slide, sheet, sheet.rows[start : start + size], _TOP + 0.1, start)

    def _table(
        self, slide: Any, sheet: Sheet, part: Sequence[Sequence[Any]], top: float, start: int = 0
    ) -> None:
        """The rows `part` of a table, from number `start` of it."""
        rows = [[head.title for head in sheet.heads]]
        for number, row in enumerate(part, start):
            own = sheet.forms[number] if sheet.forms else ""
            cells = zip(sheet.heads, row, strict=True)
            rows.append([shown(value, head.form or own) for head, value in cells])
        # A heading may go on a second line; three more for the margins.
        longest = [
            max(_long(head.title) // 2 + 1, *(_long(row[i]) for row in rows[1:]), 1) + 3
            for i, head in enumerate(sheet.heads)
        ]
        whole = _WIDTH - 2 * _MARGIN
        widths = tuple(whole * each / sum(longest) for each in longest)
        numbers = {i for i, head in enumerate(sheet.heads) if head.form in _RIGHT}
        high = min(_ROW, (_FOOT - top - _HEAD_ROW) / max(1, len(part)))
        self._grid(slide, (_MARGIN, top, whole), rows, widths, 13, high, numbers, head=True)
        if not part:
            box = (_MARGIN, top + _HEAD_ROW, whole, 0.4)
            self._text(slide, box, self._words("meeting.empty"), 14, colour=_SOFT)

    def _grid(
        self,
        slide: Any,
        place: tuple[float, float, float],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        size: float,
        high: float,
        numbers: set[int] | frozenset[int] = frozenset(),
        head: bool = False,
    ) -> None:
        left, top, whole = (Inches(each) for each in place)
        shape = slide.shapes.add_table(
            len(rows), len(widths), left, top, whole, Inches(high * len(rows))
        )
        table = shape.table
        table.first_row, table.horz_banding = head, True
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Inches(width)
        for row, texts in enumerate(rows):
            table.rows[row].height = Inches(high)
            for column, text in enumerate(texts):
                cell = table.cell(row, column)
                cell.margin_top = cell.margin_bottom = Inches(0.02)
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                cell.fill.solid()
                cell.fill.fore_color.rgb = _PALE if head and row == 0 else _WHITE
                align = PP_ALIGN.RIGHT if column in numbers else PP_ALIGN.LEFT
                _say(cell.text_frame, text, size, bold=head and row == 0, align=align)

    def definitions(self) -> None:
        """What the numbers mean."""
        whole = _WIDTH - 2 * _MARGIN
        rows = [[name, means] for name, means in self._paper.definitions]
        size = -(-len(rows) // max(1, -(-len(rows) // _DEFINITIONS)))
        for start in range(0, len(rows), max(1, size)):
            slide = self._slide(self._words("paper.definitions"))
            part = rows[start : start + size]
            self._grid(slide, (_MARGIN, _TOP + 0.1, whole), part, (2.6, whole - 2.6), 13, _ROW)


def _fits(sheet: Sheet, top: float) -> bool:
    return bool(sheet.rows) and top + _HEAD_ROW + len(sheet.rows) * _LEAST_ROW <= _FOOT


def _say(
    frame: Any, text: str, size: float, *, bold: bool = False, colour: Any = _TEXT,
    align: Any = PP_ALIGN.LEFT,
) -> None:  # fmt: skip
    frame.text = ""
    paragraph = frame.paragraphs[0]
    paragraph.alignment = align
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
    run.font.color.rgb = colour
    _east_asian(run._r)


def _east_asian(element: Any) -> None:
    """Name the font for Chinese letters too: `latin` alone leaves them to chance."""
    for latin in element.iter(qn("a:latin")):
        if latin.getnext() is None or latin.getnext().tag != qn("a:ea"):
            named = etree.Element(qn("a:ea"), typeface=latin.get("typeface"))
            latin.addnext(named)


def _long(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
