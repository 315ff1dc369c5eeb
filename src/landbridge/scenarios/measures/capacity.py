"""Change what ports and crossings can take."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, model_validator

from landbridge.freight.edits import applying as edit
from landbridge.freight.edits.applying import Edit
from landbridge.scenarios.measures.base import Context, Measure
from landbridge.scenarios.values.fields import Name, NonNegative, Positive

CargoGroup: TypeAlias = Literal["bulk", "liquid", "gas", "boxes"]


class Capacity(Measure):
    """Change what ports and crossings can take."""

    order: ClassVar[int] = 78
    holds_already: ClassVar[str] = "runs know no limits of capacity"
    told_beside: ClassVar[str] = (
        "A capacity counts in freight flows within limits (--capacity) alone: runs know no limits."
    )

    kind: Literal["capacity"]
    targets: Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]
    """Ports or crossings, by id or name."""
    factor: Positive | None = None
    """New over old capacity."""
    million_tonnes: NonNegative | None = None
    """New capacity in one direction, million tonnes a year."""
    cargo_group: CargoGroup | None = None
    """What a port handles: bulk, liquid, gas or boxes; absent: all of it."""

    @model_validator(mode="after")
    def _one_level(self) -> Capacity:
        if (self.factor is None) == (self.million_tonnes is None):
            raise ValueError("give factor or million_tonnes, one of the two")
        return self

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """State what each can take."""
        del context
        return tuple(
            edit.SetCapacity(
                target=name,
                factor=self.factor,
                million_tonnes=self.million_tonnes,
                cargo_group=self.cargo_group or "",
            )
            for name in self.targets
        )
