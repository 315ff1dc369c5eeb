"""What a study looks like as files: one page, figures, a workbook, tables, text for machines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from landbridge.report.svg.builder import Markup

Made = TypeVar("Made")


class OnDemand(Mapping[str, Made]):
    """Texts or drawings by name, each made when it is first asked for: JSON alone draws no map.

    Parameters
    ----------
    makers
        What makes each of them.
    """

    def __init__(self, makers: Mapping[str, Callable[[], Made]]) -> None:
        self._makers = dict(makers)
        self._made: dict[str, Made] = {}

    def __getitem__(self, name: str) -> Made:
        """Make it, or return what was made."""
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._makers)

    def __len__(self) -> int:
        """Count the names."""
        return len(self._makers)


def beside(one: Mapping[str, Made], more: Mapping[str, Made]) -> OnDemand[Made]:
    """Put texts or drawings beside others; what is made on demand is not made yet."""
    return OnDemand(
        {name: partial(held.__getitem__, name) for held in (one, more) for name in held}
    )


@dataclass(frozen=True, eq=False)
class Presentation:
    """The files of a study, drawn and written out but not yet on a disk.

    Attributes
    ----------
    texts
        Text by the file's name; a name may stand in one folder below.
    writers
        What writes a file that is not text, by the file's name.
    figures
        Drawings by name; a file ``NAME.svg`` holds each.
    page
        Name of the page among the texts; empty where there is none.
    document
        Name of the machine-readable text among the texts.
    map_name
        Name of the map among the figures; empty where there is none.
    """

    texts: Mapping[str, str]
    writers: Mapping[str, Callable[[Path], None]]
    figures: Mapping[str, Markup]
    page: str
    document: str
    map_name: str = ""
    captions: Mapping[str, str] = field(default_factory=dict)
