"""State the months in which something is open."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from landbridge.freight.edits import applying as edit
from landbridge.freight.edits.applying import Edit
from landbridge.scenarios.measures.base import Context, Measure
from landbridge.scenarios.values.fields import Month, Name


class Season(Measure):
    """State the months in which crossings, or links, are open."""

    order: ClassVar[int] = 110
    is_seasonal: ClassVar[bool] = True

    kind: Literal["season"]
    targets: Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]
    """Ids or names of crossings; ids of links where the scenario is for one month."""
    months_open: Annotated[tuple[Month, ...], Field(min_length=1, max_length=12)]
    """Numbers of the months."""

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """Set the season of each target."""
        return tuple(
            edit.SetSeason(target, self.months_open, context.month) for target in self.targets
        )
