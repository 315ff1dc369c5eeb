"""Lines of a GeoJSON file (RFC 7946) as links to build; reading executes nothing.

One feature, a LineString, is one link. Its properties say what it is; its vertices say where it
runs and, unless ``km`` does, how long it is.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from landbridge.codes import resolve
from landbridge.errors import FaultsError, InputError, LandbridgeError, suggest
from landbridge.freight.edits.positions import PROJECTED, check_degrees, length_km
from landbridge.freight.edits.records import SNAP_KM, AddLink, LinkMode, Point

MAX_BYTES = 5_000_000
MAX_LINES = 2_000
MAX_POINTS = 200_000
PROPERTIES = (
    "id",
    "mode",
    "iso3",
    "km",
    "gauge_mm",
    "speed_kmh",
    "usd_per_tonne_km",
    "from",
    "to",
)
DEGREES_CRS = re.compile(
    r"(urn:(ogc|x-ogc):def:crs:)?(OGC:[\d.]*:?CRS84|EPSG:[\d.]*:?4326)", re.IGNORECASE
)
"""Names of the system of RFC 7946, degrees of WGS 84; older files name it, newer ones do not."""
REMARKS = ("name", "title", "note", "source", "description")
"""Properties that people add for themselves; they change nothing."""
DECIMALS = 1
MAX_DIGITS = 15


@dataclass(frozen=True)
class LineDefaults:
    """What holds for lines that do not say so themselves.

    Attributes
    ----------
    prefix
        Ids are ``<prefix>-<number of the feature>``.
    mode, iso3, gauge_mm, speed_kmh, usd_per_tonne_km
        As in `AddLink`.
    snap_km
        How far an end may lie from the place it means.
    """

    prefix: str
    mode: LinkMode | None = None
    iso3: str = ""
    gauge_mm: int | None = None
    speed_kmh: float | None = None
    usd_per_tonne_km: float | None = None
    snap_km: float = SNAP_KM


def read_lines(text: str, defaults: LineDefaults, *, where: str) -> tuple[AddLink, ...]:
    """Turn the text of a GeoJSON file into links.

    Parameters
    ----------
    text
        A FeatureCollection of LineStrings, or one such feature, in degrees of longitude and
        latitude. Properties: mode (rail, road, ferry, sea), iso3 (code or name), km, gauge_mm,
        speed_kmh, usd_per_tonne_km, id, and the places from and to, which go before the nearest
        place of an end.
    defaults
        What holds for lines that do not say so themselves.
    where
        The file, for messages.

    Raises
    ------
    InputError
        The file is too large, or no GeoJSON of lines.
    FaultsError
        Features are at fault: all of them, by number.
    """
    features = _features(text, where)
    links: list[AddLink] = []
    faults: list[str] = []
    for number, feature in enumerate(features, start=1):
        try:
            links.append(_link(feature, defaults, number))
        except FaultsError as error:
            faults += [f"feature {number}, {fault}" for fault in error.faults]
        except LandbridgeError as error:
            faults.append(f"feature {number}: {error}")
    ids = [link.id for link in links]
    repeated = sorted({name for name in ids if ids.count(name) > 1})
    faults += [f"the id '{name}' stands more than once" for name in repeated]
    if faults:
        raise FaultsError(faults, where=where)
    return tuple(links)


def _features(text: str, where: str) -> list[Any]:
    if len(text.encode()) > MAX_BYTES:
        raise InputError(f"the file is larger than {MAX_BYTES:,} bytes.", where=where)
    try:
        document = json.loads(text, parse_constant=_no_constant, parse_int=_whole)
    except (ValueError, RecursionError) as error:
        raise InputError(f"this is not JSON: {str(error)[:120]}.", where=where) from None
    kind = document.get("type") if isinstance(document, dict) else None
    features = {
        "FeatureCollection": document.get("features") if isinstance(document, dict) else None,
        "Feature": [document],
    }.get(str(kind))
    if not isinstance(features, list):
        raise InputError(
            "this is not a GeoJSON FeatureCollection.",
            where=where,
            mend="Export the lines as GeoJSON (RFC 7946), in degrees.",
        )
    if not features:
        raise InputError("the file has no features.", where=where)
    _check_crs(document, where)
    _check_projected(features, where)
    if len(features) > MAX_LINES:
        raise InputError(f"more than {MAX_LINES:,} features.", where=where)
    return features


def _check_crs(document: Mapping[str, Any], where: str) -> None:
    """Refuse a file that says that its coordinates are no degrees of longitude and latitude."""
    crs = document.get("crs")
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if isinstance(name, str) and DEGREES_CRS.fullmatch(name.strip()):
        return
    raise InputError(
        f"its member 'crs' is {str(name or crs)[:80]}; lines are read in degrees of longitude and "
        "latitude (EPSG:4326, OGC:CRS84).",
        where=where,
        mend="Save the lines in EPSG:4326 (RFC 7946).",
    )


def _check_projected(features: Sequence[Any], where: str) -> None:
    """Refuse a file in metres of a map projection once, and not line by line."""
    for number, feature in enumerate(features, start=1):
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        points = geometry.get("coordinates") if isinstance(geometry, dict) else None
        for entry in points if isinstance(points, list) else []:
            numbers = entry[:2] if isinstance(entry, list) else []
            plain = [value for value in numbers if isinstance(value, int | float)]
            if len(plain) == 2 and PROJECTED < max(map(abs, plain)) < math.inf:  # noqa: PLR2004
                x, y = float(plain[0]), float(plain[1])
                check_degrees((x, y), where=where, named=f"a point of feature {number}")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _whole(digits: str) -> int | float:
    # More digits than a float holds make it infinite, which is refused where it stands.
    return int(digits) if len(digits) <= MAX_DIGITS else float(digits)


def _link(feature: Any, defaults: LineDefaults, number: int) -> AddLink:  # noqa: ANN401
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise InputError("this is not a Feature.")
    given = feature.get("properties") or {}
    if not isinstance(given, dict):
        raise InputError("properties must be an object.")
    faults = [
        f"property '{name}': there is no such property. "
        + (suggest(name, PROPERTIES) or f"Known: {', '.join(PROPERTIES)}.")
        for name in given
        if name not in (*PROPERTIES, *REMARKS)
    ]
    points = _points(feature.get("geometry"))
    values = _Values(given, faults)
    mode = values.choice("mode", get_args(LinkMode), defaults.mode)
    iso3 = values.text("iso3")
    km = values.number("km")
    gauge = values.whole("gauge_mm", defaults.gauge_mm) if mode == "rail" else None
    speed = values.number("speed_kmh", defaults.speed_kmh)
    price = values.number("usd_per_tonne_km", defaults.usd_per_tonne_km)
    name, start, end = values.text("id"), values.text("from"), values.text("to")
    if mode is None and not given.get("mode"):
        faults.append("property 'mode' is missing: rail, road, ferry or sea.")
    if mode == "rail" and gauge is None:
        faults.append("property 'gauge_mm' is missing: a railway has a gauge.")
    if mode not in (None, "rail") and given.get("gauge_mm") is not None:
        faults.append("property 'gauge_mm': only a railway has a gauge.")
    if faults or mode is None:
        raise FaultsError(faults, where="")
    return AddLink(
        id=name or f"{defaults.prefix}-{number}",
        from_place=start or points[0],
        to_place=end or points[-1],
        mode=mode,
        km=round(length_km(points), DECIMALS) if km is None else km,
        gauge_mm=gauge,
        speed_kmh=speed,
        usd_per_tonne_km=price,
        iso3=resolve(iso3, where="property 'iso3'") if iso3 else defaults.iso3,
        snap_km=defaults.snap_km,
        # A named end may lie elsewhere than the line's: its vertex is then one on the way.
        shape=points[0 if start else 1 : len(points) if end else -1],
        drawn=True,
    )


def _points(geometry: Any) -> tuple[Point, ...]:  # noqa: ANN401
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind != "LineString":
        raise InputError(
            f"the geometry is {kind or 'missing'}; a link is a LineString.",
            mend="Split lines of several parts into one feature each.",
        )
    raw = geometry.get("coordinates")
    if not isinstance(raw, list) or not 2 <= len(raw) <= MAX_POINTS:  # noqa: PLR2004 - a line
        raise InputError(f"a line has from 2 to {MAX_POINTS:,} points.")
    points = tuple(_point(entry, place) for place, entry in enumerate(raw, start=1))
    if all(point == points[0] for point in points):
        raise InputError("all points of the line are the same.")
    return points


def _point(entry: Any, place: int) -> Point:  # noqa: ANN401
    numbers = entry if isinstance(entry, list) else []
    good = len(numbers) in (2, 3) and all(
        isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        for value in numbers
    )
    if not good:
        raise InputError(f"point {place} is {str(entry)[:40]}; write [longitude, latitude].")
    longitude, latitude = float(numbers[0]), float(numbers[1])
    check_degrees((longitude, latitude), named=f"point {place}")
    return longitude, latitude


class _Values:
    """Reads properties of a feature; faults go into a list."""

    def __init__(self, given: Mapping[str, Any], faults: list[str]) -> None:
        self.given = given
        self.faults = faults

    def text(self, name: str) -> str:
        """Read a text, empty when absent."""
        value = self.given.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.isprintable():
            self.faults.append(f"property '{name}' must be plain text (it is {str(value)[:40]!r}).")
            return ""
        return value.strip()

    def number(self, name: str, default: float | None = None) -> float | None:
        """Read a number above zero; the default when absent."""
        value = self.given.get(name)
        if value is None:
            return default
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or value <= 0:
            self.faults.append(
                f"property '{name}' must be a number above zero (it is {str(value)[:40]!r})."
            )
            return default
        return float(value)

    def whole(self, name: str, default: int | None) -> int | None:
        """Read a whole number above zero; the default when absent."""
        value = self.number(name)
        if value is not None and value % 1:
            self.faults.append(f"property '{name}' must be a whole number (it is {value:g}).")
        return default if value is None else int(value)

    def choice(
        self, name: str, known: tuple[LinkMode, ...], default: LinkMode | None
    ) -> LinkMode | None:
        """Read one of several words; the default when absent."""
        value = self.text(name).casefold()
        for word in known:
            if word == value:
                return word
        if value:
            hint = suggest(value, known) or f"Known: {', '.join(known)}."
            self.faults.append(f"property '{name}' is '{value[:40]}'. {hint}")
        return default
