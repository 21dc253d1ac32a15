"""A paper as slides with native tables and charts, on white, for print and projector."""

import io
from collections.abc import Sequence
from typing import Any

from pptx.util import Inches

from datasource.office.paper import Figure, Leaf, Paper, Plot, Sheet, Words, changed, shown
from datasource.office.slide_charts import add_chart
from datasource.office.slide_parts import (
    CELL,
    END,
    HEAD_ROW,
    LATE,
    LEAST_ROW,
    LINE,
    MARGIN,
    PALE,
    RISK,
    SOFT,
    TEXT,
    TOP,
    WHOLE,
    Deck,
    Grid,
    add,
    say,
    sign,
    wide,
)

_ACROSS = 6  # figures side by side; more stand in rows of four
_HIGH = 1.4  # of a figure
_CAPTION = 0.4
_LABELS = 2.6  # of the left column of two
_NUMERIC = {"", "count", "percent", "minutes", "change"}
_STATES = {"late": ("▲", LATE), "risk": ("◆", RISK), "": ("", TEXT)}


def slides(paper: Paper, words: Words) -> bytes:
    """The file's bytes."""
    maker = _Maker(paper, words)
    maker.cover()
    for leaf in paper.leaves:
        maker.leaf(leaf)
    maker.definitions()
    out = io.BytesIO()
    maker.deck.file.save(out)
    return out.getvalue()


class _Maker:
    def __init__(self, paper: Paper, words: Words) -> None:
        self._paper, self._words = paper, words
        self.deck = Deck(words("paper.foot.definitions", foot=paper.foot))
        properties = self.deck.file.core_properties
        properties.title, properties.author = paper.title, ""

    def cover(self) -> None:
        """What the paper is about."""
        slide = self.deck.slide(self._paper.title, 1.2, 40)
        top = 2.4
        for label, text in self._paper.about:
            self.deck.text(slide, (MARGIN, top, _LABELS, 0.5), label, 16, colour=SOFT)
            frame = slide.shapes.add_textbox(
                *(Inches(each) for each in (MARGIN + _LABELS, top, WHOLE - _LABELS, 0.5))
            ).text_frame
            frame.word_wrap = True
            address = self._paper.address
            say(frame, text, 16, address=address if text == address else "")
            top += 0.35 * -(-len(text) // 80) + 0.2

    def leaf(self, leaf: Leaf) -> None:
        """Figures with the charts below them, or with the beginning of the first table; tables on
        as many slides as they need."""
        sheets = list(leaf.sheets)
        if leaf.figures or leaf.plots:
            slide = self.deck.slide(leaf.title)
            top = self._figures(slide, leaf.figures) if leaf.figures else TOP
            self._plots(slide, leaf.plots, top)
            if not leaf.plots and sheets:
                self._sheet(leaf, sheets.pop(0), slide, top)
        for sheet in sheets:
            self._sheet(leaf, sheet)

    def _figures(self, slide: Any, figures: Sequence[Figure]) -> float:
        """The large numbers; answers where they end."""
        across = len(figures) if len(figures) <= _ACROSS else 4
        span = WHOLE / across
        for place, figure in enumerate(figures):
            left, top = MARGIN + place % across * span, TOP + place // across * _HIGH
            symbol, colour = _STATES[figure.state]
            box = (left, top, span - 0.12, _HIGH - 0.12)
            frame = self.deck.block(slide, box, PALE).text_frame
            frame.word_wrap = True
            value = shown(figure.value, figure.form, self._words)
            size = min(34, int(span * 72 / (0.75 * max(4, len(value)))))
            small = min(14, int(span * 6))
            say(frame, figure.name, small, colour=SOFT)
            sign(frame, symbol, small, colour)
            add(frame, value, size, bold=True, colour=colour)
            add(frame, figure.note, 12, colour=_STATES[figure.note_state][1])
            edge = colour if figure.state else LINE
            self.deck.block(slide, (left, top, 0.06, _HIGH - 0.12), edge)
        return TOP + -(-len(figures) // across) * _HIGH

    def _plots(self, slide: Any, plots: Sequence[Plot], top: float) -> None:
        across = WHOLE / max(1, len(plots))
        for place, plot in enumerate(plots):
            if plot.names:
                add_chart(slide, plot, (MARGIN + place * across, top, across, END - top))

    def _sheet(self, leaf: Leaf, sheet: Sheet, slide: Any = None, top: float = TOP) -> None:
        """A table: on a slide that has figures already, below them, and on slides of its own."""
        rows = self._texts(sheet)
        room = _room(top + _CAPTION) if slide else _room(TOP)
        parts = _parts(len(rows), room)
        title = f"{leaf.title} · {sheet.title}" if sheet.title else leaf.title
        for number, (start, end) in enumerate(parts, 1):
            aside = f" ({number}/{len(parts)})" if len(parts) > 1 else ""
            if slide and start == 0:
                box = (MARGIN, top, WHOLE, _CAPTION)
                self.deck.text(slide, box, sheet.title + aside, 14, bold=True)
                self._table(slide, sheet, rows[start:end], top + _CAPTION)
            else:
                own = self.deck.slide(title + aside)
                self._table(own, sheet, rows[start:end], TOP)

    def _texts(self, sheet: Sheet) -> list[list[str]]:
        rows = []
        for number, row in enumerate(sheet.rows):
            own = sheet.forms[number] if sheet.forms else ""
            cells = zip(sheet.heads, row, strict=True)
            rows.append(
                [
                    changed(value, own, self._words)
                    if head.form == "change"
                    else shown(value, head.form or own, self._words)
                    for head, value in cells
                ]
            )
        return rows

    def _table(self, slide: Any, sheet: Sheet, rows: Sequence[Sequence[str]], top: float) -> None:
        numbers = frozenset(i for i, head in enumerate(sheet.heads) if head.form in _NUMERIC)
        grid = Grid([[head.title for head in sheet.heads], *rows], numbers)
        self.deck.grid(slide, grid, top)
        if not rows:
            box = (MARGIN, top + HEAD_ROW, WHOLE, 0.4)
            self.deck.text(slide, box, self._words("meeting.empty"), 14, colour=SOFT)

    def definitions(self) -> None:
        """What the numbers mean."""
        rows, width = list(dict.fromkeys(self._paper.definitions)), WHOLE - _LABELS
        lines = sum(-(-wide(means, CELL) // (width - _LABELS / 10)) for _, means in rows)
        pages = int(-(-lines // _room(TOP)))
        size = -(-len(rows) // max(1, pages))
        for page in range(pages):
            aside = f" ({page + 1}/{pages})" if pages > 1 else ""
            slide = self.deck.slide(self._words("paper.definitions") + aside)
            grid = Grid(rows[page * size : (page + 1) * size], head=False)
            self.deck.grid(slide, grid, TOP, (_LABELS, width))


def _room(top: float) -> int:
    """How many rows fit below headings that begin at `top`."""
    return int((END - top - HEAD_ROW) / LEAST_ROW)


def _parts(rows: int, room: int) -> list[tuple[int, int]]:
    """From which to which row each slide goes, as evenly as may be: the first has `room`, the
    others have nothing else on them."""
    if rows <= room:
        return [(0, rows)]
    others = -(-(rows - room) // _room(TOP))
    first = room if room < _room(TOP) else -(-rows // (others + 1))
    size = -(-(rows - first) // others)
    return [(0, first), *((start, min(rows, start + size)) for start in range(first, rows, size))]
