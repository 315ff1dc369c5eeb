"""Hand a result over as the command line was asked to: for a person, as JSON, as CSV, as files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer
from rich.console import Console

from landbridge.cli.printing.show import print_csv
from landbridge.draws.defaults import MAX_DRAWS
from landbridge.errors import InputError
from landbridge.report.formats.folder import check_folder
from landbridge.report.maps.boundaries import BoundaryView

if TYPE_CHECKING:
    from landbridge.results import Result

OutOption = Annotated[
    Path | None, typer.Option(help="Folder for page, workbook, figures and tables.")
]
MapOutOption = Annotated[
    Path | None,
    typer.Option(help="Folder for page, workbook, charts, map, tables, GeoJSON and GeoPackage."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the whole result as JSON.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print the main table as CSV.")]
DrawsOption = Annotated[
    int, typer.Option(min=0, max=MAX_DRAWS, help="Draws for the bands; 0 for none.")
]
SeedOption = Annotated[
    int, typer.Option(min=0, max=2**32 - 1, help="The same seed gives the same numbers.")
]
JobsOption = Annotated[
    int, typer.Option(min=0, max=256, help="Processes; 0 for one a core. Results do not vary.")
]
BoundariesOption = Annotated[
    BoundaryView, typer.Option(help="Boundaries on the maps: un, or none at all.")
]


@dataclass(frozen=True)
class Answer:
    """In which form a result is asked for.

    Attributes
    ----------
    out
        Folder for its files.
    json, csv
        Print all of it as JSON, or its main table as CSV.
    boundaries
        Which boundaries the maps draw.
    """

    out: Path | None = None
    json: bool = False
    csv: bool = False
    boundaries: BoundaryView = BoundaryView.UN

    @property
    def is_printed(self) -> bool:
        """Whether JSON or CSV is printed."""
        return self.json or self.csv

    def at(self, folder: Path) -> Self:
        """Write to a folder where nothing else is asked for."""
        return self if self.is_printed or self.out is not None else replace(self, out=folder)

    def check(self) -> Self:
        """Refuse what cannot be answered before the long work.

        Raises
        ------
        InputError
            Two forms at once, or a folder that cannot be written.
        """
        if self.json and self.csv:
            raise InputError("one of them only.", where="--json, --csv")
        if self.out is not None:
            check_folder(self.out)
        return self

    def give(self, result: Result[Any], *, show: Callable[[], None], table: str = "") -> None:
        """Save, then print a result.

        Parameters
        ----------
        result
            From a public function.
        show
            Prints it for a person.
        table
            What ``--csv`` prints; the first table where empty.
        """
        files = [] if self.out is None else result.save(self.out, boundaries=self.boundaries)
        if self.json:
            typer.echo(result.to_json(), nl=False)
        elif self.csv:
            print_csv(result.table(table or next(iter(result.tables))))
        else:
            show()
            for file in files:
                if file.suffix == ".html":
                    typer.echo(f"Report: {file}")


def tell(result: Result[Any]) -> None:
    """Print the headline of a result for a person at a shell."""
    console = Console(markup=False, emoji=False)
    console.print(result.title, style="bold", highlight=False)
    for sentence in result.headline:
        console.print(f"- {sentence}", highlight=False)
