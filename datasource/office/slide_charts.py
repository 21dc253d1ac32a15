"""Native charts on slides: lines along time, and shares as dots along names, as on the screen."""

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from datasource.office.paper import Plot
from datasource.office.slide_parts import FONT, LINE, SOFT, Box, east_asian, say

_colour: Any = RGBColor.from_string
_SERIES = _colour("0B5FBF"), _colour("0A7A70"), _colour("6238B8")
_WAS = _colour("4A5D79")
_MARKERS = XL_MARKER_STYLE.CIRCLE, XL_MARKER_STYLE.DIAMOND, XL_MARKER_STYLE.SQUARE
_MANY = 31  # points of a line; more have no marks
_chart_data: Any = CategoryChartData


def add_chart(slide: Any, plot: Plot, box: Box) -> None:
    """The chart in a box."""
    told: Any = _chart_data(number_format="0.0%" if plot.share else "#,##0")
    days = plot.along == "day"
    told.categories = [date.fromisoformat(name) if days else name for name in plot.names]
    for name, values in plot.series:
        told.add_series(name, list(values))
    sizes = [Inches(each) for each in box]
    chart = slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *sizes, told).chart
    chart.font.size, chart.font.name, chart.font.color.rgb = Pt(11), FONT, SOFT
    chart.has_title = True
    title = f"{plot.title} · ○ {plot.running}" if plot.running else plot.title
    say(chart.chart_title.text_frame, title, 14, bold=True)
    chart.has_legend = len(plot.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    for place, series in enumerate(chart.plots[0].series):
        _drawn(series, plot, place)
    _values(chart.value_axis, plot)
    _names(chart.category_axis, plot)
    east_asian(chart._chartSpace)


def _drawn(series: Any, plot: Plot, place: int) -> None:
    """Colours and marks: the third line is what was, and dots have no line."""
    was = plot.lines and place == 2
    colour = _WAS if was else _SERIES[place % len(_SERIES)]
    series.smooth = False
    line, marker = series.format.line, series.marker
    if plot.lines:
        line.color.rgb, line.width = colour, Pt(2.25)
        line.dash_style = MSO_LINE.ROUND_DOT if was else None
    else:
        line.fill.background()
    marked = not plot.lines or len(plot.names) <= _MANY
    marker.style = _MARKERS[place % len(_MARKERS)] if marked else XL_MARKER_STYLE.NONE
    marker.size = 5 if plot.lines else 9
    marker.format.fill.solid()
    marker.format.fill.fore_color.rgb = colour
    marker.format.line.color.rgb = colour
    if plot.running and not was:
        _running(series, plot.series[place][1], colour)


def _running(series: Any, values: Sequence[float | None], colour: Any) -> None:
    """The way to the step that is not over is dotted and ends in a hollow point."""
    known = [i for i, value in enumerate(values) if value is not None]
    if not known:
        return
    point = series.points[known[-1]]
    line, marker = point.format.line, point.marker
    line.color.rgb, line.width, line.dash_style = colour, Pt(1.5), MSO_LINE.ROUND_DOT
    marker.style, marker.size = XL_MARKER_STYLE.CIRCLE, 8
    marker.format.fill.solid()
    marker.format.fill.fore_color.rgb = _colour("FFFFFF")
    marker.format.line.color.rgb = colour


def _values(axis: Any, plot: Plot) -> None:
    axis.major_gridlines.format.line.color.rgb = LINE
    axis.format.line.fill.background()
    axis.minimum_scale = 0
    if plot.share:
        axis.minimum_scale, axis.maximum_scale = _least([v for _, v in plot.series]), 1
        axis.tick_labels.number_format = "0%"
        axis.tick_labels.number_format_is_linked = False


def _least(columns: Sequence[Sequence[float | None]]) -> float:
    """Where an axis of shares begins, as assets/js/meeting/charts.js has it: at a round value below
    all of them, so that differences show."""
    known = [value for column in columns for value in column if value is not None]
    return max(0, math.floor(min(known) * 10 - 0.2) / 10) if known else 0


def _names(axis: Any, plot: Plot) -> None:
    axis.format.line.color.rgb = LINE
    axis.tick_labels.font.size = Pt(11)
    if plot.along == "day":
        axis.tick_labels.number_format = "m-d"
        axis.tick_labels.number_format_is_linked = False
        _told(axis, "c:majorUnit", str(max(1, len(plot.names) // 6)))
        _told(axis, "c:majorTimeUnit", "days")
    elif plot.along == "clock":
        for name in ("c:tickLblSkip", "c:tickMarkSkip"):
            _told(axis, name, "4")  # every other hour
    else:  # names stay level, on two lines where they are long
        axis._element.find(qn("c:txPr")).find(qn("a:bodyPr")).set("rot", "0")


_AFTER = ("c:majorTimeUnit", "c:minorUnit", "c:minorTimeUnit", "c:tickMarkSkip",
          "c:noMultiLvlLbl", "c:extLst")  # fmt: skip


def _told(axis: Any, name: str, value: str) -> None:
    """Write an element of an axis that python-pptx does not know, in its place."""
    element = axis._element
    for there in element.findall(qn(name)):
        element.remove(there)
    new = etree.Element(qn(name), val=value)
    element.insert_element_before(new, *(each for each in _AFTER if each != name))
