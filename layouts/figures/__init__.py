"""Figures: what Plotly and Leaflet draw, in the colours of the tokens."""
