"""Add a place to the network."""

from __future__ import annotations

from typing import ClassVar, Literal

from landbridge import codes
from landbridge.freight.edits import applying as edit
from landbridge.freight.edits.applying import Edit
from landbridge.scenarios.measures.base import Context, Measure
from landbridge.scenarios.values.fields import Name, Point, Slug


class BuildPlace(Measure):
    """Add a place to the network."""

    order: ClassVar[int] = 40
    is_ground: ClassVar[bool] = True

    kind: Literal["build_place"]
    place: Slug
    """Id of the new place."""
    name: Name
    """What the reader sees."""
    place_kind: Literal["city", "junction", "port", "border"] = "junction"
    """Goods change mode in cities and ports; a border lies between two economies."""
    at: Point
    """[longitude, latitude]."""
    economy: Name
    """Economy; of a border place the first of the two."""
    other_economy: Name | None = None
    """The other economy of a border place."""

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """Add the place."""
        del context
        other = self.other_economy
        return (
            edit.AddPlace(
                place=self.place,
                name=self.name,
                iso3=codes.resolve(self.economy, where=self.where),
                longitude=self.at[0],
                latitude=self.at[1],
                kind=self.place_kind,
                iso3_other=codes.resolve(other, where=self.where) if other else "",
            ),
        )

    def sides_of_place(self, place: str) -> frozenset[str]:
        """List its two economies, where it is the border place meant."""
        if place != self.place or not self.other_economy:
            return frozenset()
        return frozenset((codes.resolve(self.economy), codes.resolve(self.other_economy)))
