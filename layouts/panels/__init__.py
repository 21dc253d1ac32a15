"""The panels: one module a panel, each with `layout(place) -> Component`. The same stem names
its script, its style sheet and its texts (docs/adding_a_panel.md)."""

from layouts.panels import (
    ages,
    alerts,
    channels,
    compare,
    departments,
    grids,
    headline,
    loop,
    map,
    patrol,
    people,
    rates,
    ticker,
    trend,
    whistles,
)

PANELS = {
    "headline": headline.layout,
    "loop": loop.layout,
    "trend": trend.layout,
    "channels": channels.layout,
    "map": map.layout,
    "patrol": patrol.layout,
    "compare": compare.layout,
    "grids": grids.layout,
    "ages": ages.layout,
    "whistles": whistles.layout,
    "departments": departments.layout,
    "alerts": alerts.layout,
    "people": people.layout,
    "rates": rates.layout,
    "ticker": ticker.layout,
}
