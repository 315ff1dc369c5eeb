"""Open or close links, crossings, ports or sea passages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field

from landbridge.freight.edits import applying as edit
from landbridge.freight.edits.applying import Edit
from landbridge.scenarios.measures.base import Context, Crossed, Measure
from landbridge.scenarios.measures.sides import crossed_by_name
from landbridge.scenarios.values.fields import Name


class Open(Measure):
    """Open links, crossings, ports or sea passages."""

    order: ClassVar[int] = 140
    holds_already: ClassVar[str] = "all of it is open already"

    kind: Literal["open"]
    targets: Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]
    """Ids of what opens."""

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """Open each target."""
        del context
        return tuple(edit.SetOpen(target=target, is_open=True) for target in self.targets)

    def crossed(self, context: Context) -> tuple[Crossed, ...]:
        """Find the crossings and straits among its targets."""
        del context
        return crossed_by_name(self.targets)

    def without(self, targets: Iterable[str]) -> Self | None:
        """Take some of its targets out; None where none is left."""
        gone = set(targets)
        left = tuple(name for name in self.targets if name not in gone)
        return self.model_copy(update={"targets": left}) if left else None


class Close(Measure):
    """Close links, crossings, ports or sea passages."""

    order: ClassVar[int] = 150
    holds_already: ClassVar[str] = "all of it is closed already"

    kind: Literal["close"]
    targets: Annotated[tuple[Name, ...], Field(min_length=1, max_length=200)]
    """Ids of what closes."""

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """Close each target."""
        del context
        return tuple(edit.SetOpen(target=target, is_open=False) for target in self.targets)
