"""Build the lines of a GeoJSON file."""

from __future__ import annotations

from typing import ClassVar, Literal

from landbridge import codes
from landbridge.errors import InputError
from landbridge.freight.edits.applying import Edit
from landbridge.freight.edits.geojson import LineDefaults, read_lines
from landbridge.scenarios.measures.base import Context, Measure
from landbridge.scenarios.values.fields import (
    FileName,
    GaugeMm,
    LinkMode,
    Name,
    NonNegative,
    Positive,
)


class BuildLinks(Measure):
    """Build the lines of a GeoJSON file that lies beside the scenario, one link each."""

    order: ClassVar[int] = 30

    kind: Literal["build_links"]
    file: FileName
    """The file: LineStrings, whose properties go before the keys here."""
    mode: LinkMode | None = None
    """Mode of lines that do not say."""
    iso3: Name | None = None
    """Economy of lines that do not say."""
    gauge_mm: GaugeMm | None = None
    """Gauge of railways that do not say, mm."""
    speed_kmh: Positive | None = None
    """Speed of lines that do not say, km/h; absent: the default of mode and economy."""
    usd_per_tonne_km: Positive | None = None
    """Price of lines that do not say, USD per tonne-km; absent: the default."""
    snap_km: NonNegative = 5.0
    """How far a line may lie from the places and links that it joins; farther, an end makes a new
    junction."""

    @property
    def files_needed(self) -> tuple[str, ...]:
        """The file of lines."""
        return (self.file,)

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """Add a link for each line of the file."""
        file = context.files.get(self.file)
        if file is None:
            raise InputError(
                f"the file '{self.file}' was not read.",
                mend="Read the scenario from a file; the lines lie beside it.",
            )
        iso3 = codes.resolve(self.iso3, where=self.where) if self.iso3 else ""
        defaults = LineDefaults(
            prefix=self.id,
            mode=self.mode,
            iso3=iso3,
            gauge_mm=self.gauge_mm,
            speed_kmh=self.speed_kmh,
            usd_per_tonne_km=self.usd_per_tonne_km,
            snap_km=self.snap_km,
        )
        return tuple(read_lines(file.text, defaults, where=self.file))
