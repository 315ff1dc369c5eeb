"""What a study looks like as files: one page, figures, a workbook, tables, text for machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from landbridge.report.svg.builder import Markup


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
