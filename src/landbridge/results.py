"""What the public functions return: one contract for every study, that shows and saves itself."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import pandas as pd

from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.report.formats.columns import (
    HIGH_SUFFIX,
    LOW_SUFFIX,
    MEAN_SUFFIX,
    MEDIAN_SUFFIX,
    column_face,
    is_end,
    table_face,
)
from landbridge.report.formats.folder import check_folder, write_file, write_folder
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.parts.html_tables import frame_table
from landbridge.report.presentation import Presentation
from landbridge.studies.contract import Provenance, Study

if TYPE_CHECKING:
    import xarray

Found = TypeVar("Found")
ROWS_SHOWN: Final = 8
"""Rows of the first table that a notebook shows."""
SENTENCES_SHOWN: Final = 4
WIDEST_SENTENCE: Final = 240
BAND: Final = {
    "low": LOW_SUFFIX,
    "central": "",
    "median": MEDIAN_SUFFIX,
    "mean": MEAN_SUFFIX,
    "high": HIGH_SUFFIX,
}
"""Labels along the dimension ``band``, and how the names of their columns end."""
KEYS: Final = (
    ("figure",),
    ("exporter", "importer"),
    ("exporter", "importer", "year", "figure"),
    ("equation", "term"),
    ("target", "scenario"),
    ("economy", "scenario"),
    ("kind", "use"),
    ("element",),
    ("element", "iso3"),
    ("port",),
    ("route",),
    ("iso3",),
    ("sector",),
    ("member",),
    ("target",),
    ("target", "year"),
    ("set", "weights"),
    ("weights",),
    ("year",),
    ("scenario", "iso3"),
    ("scenario",),
    ("claim", "test"),
    ("claim",),
    ("coalition",),
    ("rank",),
    ("first", "second"),
    ("name",),
    ("title",),
    ("check",),
)
"""Columns that name the rows of a table; the first that fit become its dimensions."""


@dataclass(frozen=True)
class Figure:
    """A drawing that shows itself in a notebook.

    Attributes
    ----------
    name
        Of the figure.
    svg
        The drawing as SVG.
    """

    name: str
    svg: str

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        """Say what it is, not what it holds."""
        return f"<Figure {self.name}: SVG of {len(self.svg):,} characters>"

    def save(self, path: str | Path) -> Path:
        """Write the drawing to a file.

        Raises
        ------
        InputError
            The file cannot be written.
        """
        file = Path(path)
        write_file(file, self.svg)
        return file


Presenter = Callable[[Study[Found], BoundaryView], Presentation]


@dataclass(frozen=True, eq=False, repr=False)
class Result(Generic[Found]):
    """What a study found; it shows itself, saves itself and opens as tables.

    Attributes
    ----------
    study
        The study in the form that all share.
    presenter
        What draws and writes it out.

    Examples
    --------
    >>> import landbridge as lb
    >>> result = lb.load().welfare_of("n-cpec-plus")
    >>> result.tables["income"].columns[0]
    'iso3'
    """

    study: Study[Found]
    presenter: Presenter[Found]

    @property
    def title(self) -> str:
        """What was studied."""
        return self.study.title

    @property
    def headline(self) -> tuple[str, ...]:
        """What was found, in plain sentences, most important first."""
        return self.study.headline

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Tidy tables by name, units in the column names."""
        return self.study.tables

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of the model and the data."""
        return self.study.notes

    @property
    def certificate(self) -> pd.DataFrame:
        """One row a check of the solution: check, value, limit, unit, passed."""
        return self.study.certificate

    @property
    def provenance(self) -> Provenance:
        """What it was made from: version, seed, hashes of scenarios and of the user's files."""
        return self.study.provenance

    @property
    def found(self) -> Found:
        """The study's own typed result."""
        return self.study.found

    @cached_property
    def presentation(self) -> Presentation:
        """The files of the study, with the boundaries of the United Nations on its maps."""
        return self.presenter(self.study, BoundaryView.UN)

    @property
    def figures(self) -> Mapping[str, Figure]:
        """Every chart and map by name."""
        drawn = self.presentation.figures
        return {name: Figure(name, str(one)) for name, one in drawn.items()}

    def map(self) -> Figure:
        """Draw the map of the study.

        Raises
        ------
        InputError
            This kind of study has no map.
        """
        made = self.presentation
        if not made.map_name:
            raise InputError(f"a study of the kind {self.study.kind} has no map.")
        return Figure(made.map_name, str(made.figures[made.map_name]))

    def save(self, folder: str | Path, *, boundaries: BoundaryView = BoundaryView.UN) -> list[Path]:
        """Write page, workbook, JSON, figures and tables: all of them, or none.

        Parameters
        ----------
        folder
            Where to; made when it is not there. Files of the same names are replaced, others are
            left alone.
        boundaries
            Which boundaries the maps draw.

        Returns
        -------
        list of Path
            The files, sorted.

        Raises
        ------
        InputError
            The folder cannot be written to.
        """
        place = Path(folder)
        check_folder(place)
        made = self.presentation
        if boundaries is not BoundaryView.UN:
            made = self.presenter(self.study, boundaries)
        return write_folder(place, made.texts, made.writers)

    def to_json(self) -> str:
        """Write the study as JSON: headline, notes, every table with titles and units."""
        made = self.presentation
        return made.texts[made.document]

    def to_xarray(self, table: str = "") -> xarray.Dataset:
        """Return what has named dimensions as an xarray Dataset.

        Parameters
        ----------
        table
            Name of a table, whose key columns become dimensions and whose bands become a dimension
            ``band`` (low, central, high); empty for the tensors of the study.

        Raises
        ------
        UnknownNameError
            There is no such table.
        InputError
            The study has no tensors, or the table no key.
        """
        if not table:
            return self._tensors()
        return _dataset(self.table(table), table)

    def table(self, name: str) -> pd.DataFrame:
        """Return one table by its name.

        Raises
        ------
        UnknownNameError
            There is no such table; the nearest names are offered.
        """
        if name not in self.tables:
            hint = suggest(name, self.tables) or f"Known: {', '.join(self.tables)}."
            raise UnknownNameError(f"there is no table '{name}'.", mend=hint)
        return self.tables[name]

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return one table by its name."""
        return self.table(name)

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the tables."""
        return iter(self.tables)

    def __repr__(self) -> str:
        """Show title, headline and tables in a few lines."""
        lines = [f"{self.title} ({self.study.kind})"]
        lines += [f"- {_cut(sentence)}" for sentence in self.headline[:SENTENCES_SHOWN]]
        more = len(self.headline) - SENTENCES_SHOWN
        lines += [f"  ... {more} more in .headline"] if more > 0 else []
        names = [f"{name} ({len(frame)})" for name, frame in self.tables.items() if len(frame)]
        lines.append(f"tables (rows): {', '.join(names)}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        sentences = "".join(f"<li>{html.escape(one)}</li>" for one in self.headline)
        first = next(((n, t) for n, t in self.tables.items() if len(t)), None)
        shown = ""
        if first is not None:
            face = table_face(first[0])
            shown = f"<p><em>{html.escape(face.title)}</em></p>{_html_table(*first)}"
        names = ", ".join(html.escape(name) for name in self.tables)
        return (
            f"<h4>{html.escape(self.title)}</h4><ul>{sentences}</ul>{shown}"
            f"<p>Tables: {names}. <code>.map()</code>, <code>.figures</code>, "
            "<code>.save(folder)</code></p>"
        )

    def _tensors(self) -> xarray.Dataset:
        import xarray  # noqa: PLC0415 - a heavy import that most uses do not need

        if not self.study.tensors:
            raise InputError(
                f"a study of the kind {self.study.kind} has no tensors.",
                mend=f"Name a table: {', '.join(self.tables)}.",
            )
        return xarray.Dataset(
            {
                name: xarray.DataArray(
                    one.values,
                    dims=one.dims,
                    coords={dim: list(one.coords[dim]) for dim in one.dims},
                    attrs={"units": one.unit},
                )
                for name, one in self.study.tensors.items()
            },
            attrs={"title": self.title, "version": self.provenance.version},
        )


def _cut(sentence: str) -> str:
    if len(sentence) <= WIDEST_SENTENCE:
        return sentence
    return f"{sentence[: WIDEST_SENTENCE - 4]} ..."


def _html_table(name: str, frame: pd.DataFrame) -> str:
    """Write the first rows of a table as HTML, bands in one cell, humane numbers."""
    banded = any(str(column).endswith(LOW_SUFFIX) for column in frame.columns)
    made = frame_table(frame.head(ROWS_SHOWN), name, source="", banded=banded, key=name)
    titles = [f"{head.title}, {head.unit}" if head.unit else head.title for head in made.heads]
    heads = "".join(f"<th>{html.escape(title)}</th>" for title in titles)
    rows = "".join(
        f"<tr>{''.join(f'<td>{html.escape(cell.text)}</td>' for cell in row)}</tr>"
        for row in made.rows
    )
    more = len(frame) - ROWS_SHOWN
    foot = f"<p>{more:,} more rows</p>" if more > 0 else ""
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{foot}"


def _dataset(frame: pd.DataFrame, name: str) -> xarray.Dataset:
    """Turn a table into a Dataset: key columns as dimensions, bands along one more."""
    import xarray  # noqa: PLC0415 - a heavy import that most uses do not need

    keys = next(
        (
            list(one)
            for one in KEYS
            if set(one) <= set(frame.columns) and not frame.duplicated(list(one)).any()
        ),
        None,
    )
    if keys is None or frame.empty:
        raise InputError(f"the table {name} has no key that could become a dimension.")
    numbers = [
        str(column)
        for column in frame.columns
        if column not in keys and pd.api.types.is_numeric_dtype(frame[column])
    ]
    indexed = frame.set_index(keys)
    whole = xarray.Dataset.from_dataframe(indexed[numbers])
    held = {
        label: end
        for label, end in BAND.items()
        if not end or any(name.endswith(end) and is_end(name, numbers) for name in numbers)
    }
    found = {}
    for column in numbers:
        if is_end(column, numbers):
            continue
        one = whole[column]
        ends = {label: f"{column}{end}" for label, end in held.items()}
        if {f"{column}{LOW_SUFFIX}", f"{column}{HIGH_SUFFIX}"} <= set(numbers):
            # Money alone has a mean: that label is missing (not a number) for the rest.
            parts = [
                whole[name] if name in numbers else xarray.full_like(one, math.nan, dtype=float)
                for name in ends.values()
            ]
            labels = xarray.DataArray(list(ends), dims="band", name="band")
            one = xarray.concat(parts, dim=labels).rename(column)
        face = column_face(column, frame[column], table=name)
        found[column] = one.assign_attrs(units=face.unit, long_name=face.title)
    return xarray.Dataset(found, attrs={"title": table_face(name).title})
