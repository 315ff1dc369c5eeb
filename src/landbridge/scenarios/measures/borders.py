"""Open or close the land border of two economies."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from landbridge import codes
from landbridge.freight.edits import applying as edit
from landbridge.freight.edits.applying import Edit
from landbridge.scenarios.measures.base import Context, Crossed, Measure
from landbridge.scenarios.values.fields import LandMode, Name


class OpenBorder(Measure):
    """Open the land border of two economies: every crossing between them."""

    order: ClassVar[int] = 120
    holds_already: ClassVar[str] = "every crossing of the border is open already"

    kind: Literal["open_border"]
    between: Annotated[tuple[Name, ...], Field(min_length=2, max_length=2)]
    """The two economies."""
    mode: LandMode | None = None
    """rail, road or ferry; absent: rail and road."""

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """Open the border."""
        del context
        one, other = (codes.resolve(name, where=self.where) for name in self.between)
        return (edit.SetBorder(one, other, is_open=True, mode=self.mode),)

    def crossed(self, context: Context) -> tuple[Crossed, ...]:
        """Take the border as one: it opens whole or not at all."""
        del context
        return (Crossed("", "", frozenset(codes.resolve(name) for name in self.between)),)


class CloseBorder(Measure):
    """Close the land border of two economies: every crossing between them."""

    order: ClassVar[int] = 130
    holds_already: ClassVar[str] = "every crossing of the border is closed already"

    kind: Literal["close_border"]
    between: Annotated[tuple[Name, ...], Field(min_length=2, max_length=2)]
    """The two economies."""
    mode: LandMode | None = None
    """rail, road or ferry; absent: rail and road."""

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """Close the border."""
        del context
        one, other = (codes.resolve(name, where=self.where) for name in self.between)
        return (edit.SetBorder(one, other, is_open=False, mode=self.mode),)
