"""From WGS-84 to GCJ-02, the shifted coordinates of some Chinese tile services."""

import math
from typing import Any

_AXIS = 6_378_245.0
_ECCENTRICITY = 0.006_693_421_622_965_943


def to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """The GCJ-02 position of a WGS-84 one, both in degrees, good to about a metre."""
    x, y = lon - 105.0, lat - 35.0
    root = math.sqrt(abs(x))
    wave = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (wave + 20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (wave + 20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    angle = math.radians(lat)
    magic = 1 - _ECCENTRICITY * math.sin(angle) ** 2
    lat_metres = _AXIS * (1 - _ECCENTRICITY) / (magic * math.sqrt(magic))
    lon_metres = _AXIS / math.sqrt(magic) * math.cos(angle)
    return lon + math.degrees(east / lon_metres), lat + math.degrees(north / lat_metres)


def shifted(coordinates: Any) -> Any:
    """GeoJSON coordinates of any depth, moved to GCJ-02."""
    if isinstance(coordinates[0], int | float):
        return list(to_gcj02(coordinates[0], coordinates[1]))
    return [shifted(part) for part in coordinates]
