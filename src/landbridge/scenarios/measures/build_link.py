"""Build a link between two places."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from landbridge import codes
from landbridge.freight.edits import applying as edit
from landbridge.freight.edits.applying import Edit
from landbridge.scenarios.measures.base import Context, Measure
from landbridge.scenarios.values.fields import (
    GaugeMm,
    LinkMode,
    Name,
    NonNegative,
    Place,
    Point,
    Positive,
    Slug,
)


class BuildLink(Measure):
    """Build a link between two stations of the network."""

    order: ClassVar[int] = 20

    kind: Literal["build_link"]
    link: Slug
    """Id of the new link."""
    from_place: Place
    """Station or node where it starts, or a point as [longitude, latitude]."""
    to_place: Place
    """Where it ends, likewise."""
    mode: LinkMode
    """rail, road, ferry or sea."""
    km: Positive
    """Length, km."""
    iso3: Name | None = None
    """Economy in which it lies, whose cost class applies; absent: the one its ends share."""
    through: Annotated[tuple[Point, ...], Field(max_length=500)] = ()
    """Points on its way, [longitude, latitude] each: it runs straight between them, and joins the
    places that it passes."""
    snap_km: NonNegative = 5.0
    """How far a point may lie from the place or the link that it joins; farther, a new junction is
    made."""
    gauge_mm: GaugeMm | None = None
    """Gauge of a railway, mm."""
    speed_kmh: Positive | None = None
    """Speed, km/h; the default of mode and economy when absent."""
    usd_per_tonne_km: Positive | None = None
    """Price, USD per tonne-km; the default of mode and economy when absent."""

    @model_serializer(mode="wrap")
    def _without_default(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Files written before the key was known keep their hash.
        told: dict[str, Any] = write(self)
        return told if self.through else {k: v for k, v in told.items() if k != "through"}

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """Add the link."""
        del context
        iso3 = codes.resolve(self.iso3, where=self.where) if self.iso3 else ""
        return (
            edit.AddLink(
                id=self.link,
                from_place=self.from_place,
                to_place=self.to_place,
                mode=self.mode,
                km=self.km,
                iso3=iso3,
                gauge_mm=self.gauge_mm,
                speed_kmh=self.speed_kmh,
                usd_per_tonne_km=self.usd_per_tonne_km,
                snap_km=self.snap_km,
                shape=self.through,
                drawn=bool(self.through),
            ),
        )
