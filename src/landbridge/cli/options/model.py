"""Options that say on what a command stands: the user's world, rows, tables and estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar, get_args

import typer

import landbridge as lb
from landbridge.cli.options import own_file as own
from landbridge.errors import InputError, suggest

if TYPE_CHECKING:
    from landbridge.model import Model
    from landbridge.sources.baseline import WorldFile

Value = TypeVar("Value")
WORLD_KEYS = (
    "domestic",
    "services",
    "reporter",
    "gdp",
    "gaps",
    "columns",
    "unit",
    "decimal",
    "holds",
    "sheet",
    "unknown",
    "with",
)
WorldOption = Annotated[
    Path | None,
    typer.Option(
        "--world",
        metavar="FILE",
        help="Flows of your own in the place of the embedded world: BACI, ITPD, ICIO, Comtrade or "
        "a table of yours. Needs --year.",
    ),
]
WorldYearOption = Annotated[
    int | None, typer.Option("--year", help="Year of the file given with --world.")
]
WorldAsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--world-as",
        metavar="KEY=VALUE",
        help="How the file is read, repeatable: columns=exporter=...;importer=...;value=..., "
        "unit=usd, domestic=gdp, services=none, gdp=FILE, gaps=fill, unknown=drop, with=FILE ...",
    ),
]
EstimatesOption = Annotated[
    Path | None,
    typer.Option(
        help="Folder of `landbridge estimate --out` with parameters that take the place of "
        "the defaults."
    ),
]
TariffsOption = Annotated[
    Path | None,
    typer.Option(
        "--tariffs",
        metavar="FILE",
        help="Tariffs of your own in the place of inferred ones: a WITS file, or a table with "
        "importer, exporter, tariff_percent, and sector or product.",
    ),
]
FittedOption = Annotated[
    bool,
    typer.Option(
        "--fitted", help="Put what gravity predicts for each pair in the place of the flows."
    ),
]


@dataclass(frozen=True)
class ModelOptions:
    """What a command line says about the model.

    Attributes
    ----------
    world, year, world_as, fitted
        The user's flows (`WorldOption` and its companions).
    data, border_year
        ``table=file`` texts: rows in the place of defaults, and the year of the crossings.
    sectors, sectors_year
        Tables by sector, and their year; from their name where it is not given.
    estimates
        Folder of ``landbridge estimate --out``.
    tariffs
        File of tariffs.
    air
        Whether goods may fly.
    """

    world: Path | None = None
    year: int | None = None
    world_as: Sequence[str] | None = None
    fitted: bool = False
    data: Sequence[str] | None = None
    border_year: int | None = None
    sectors: Path | None = None
    sectors_year: int | None = None
    estimates: Path | None = None
    tariffs: Path | None = None
    air: bool = False

    @property
    def is_own(self) -> bool:
        """Whether a command line asks for anything but what ships."""
        return any(getattr(self, one.name) for one in fields(self))


def open_model(options: ModelOptions) -> Model:
    """Load the model that a command line asks for, and say on standard error what was completed.

    Raises
    ------
    InputError, FaultsError, DataError
        A file or an option cannot be used.
    """
    if options.world is None:
        told = [
            name
            for name, value in (("--year", options.year), ("--world-as", options.world_as))
            if value
        ]
        if told:
            raise InputError(
                "says how a file of your own is read.",
                where=", ".join(told),
                mend="Write --world FILE too.",
            )
    return model_on(None if options.world is None else world_file(options), options)


def model_on(world: WorldFile | None, options: ModelOptions) -> Model:
    """Load a model on a file of flows, or the embedded world, and say what was completed.

    Parameters
    ----------
    world
        How the file is read; None for the embedded world.
    options
        All else that a command line says.

    Raises
    ------
    InputError, FaultsError, DataError
        A file cannot be used.
    """
    model = lb.load(
        world=world,
        fitted=options.fitted,
        network=dict(_table_and_file(text) for text in options.data or ()) or None,
        border_year=options.border_year,
        sectors=options.sectors,
        sectors_year=options.sectors_year,
        estimates=options.estimates,
        tariffs=options.tariffs,
        air=options.air,
    )
    if options.world is not None or options.fitted or options.tariffs is not None:
        for note in model.notes:
            typer.echo(f"Note: {note}", err=True)
    return model


def world_file(options: ModelOptions) -> WorldFile:
    """Read the options that say how a file becomes the world.

    Raises
    ------
    InputError
        The year is not given, or a key or value is not known.
    """
    # Known when it is asked for: most commands read no file.
    from landbridge.sources.baseline import (  # noqa: PLC0415
        Domestic,
        Gaps,
        Reporter,
        Services,
        WorldFile,
    )

    if options.world is None or options.year is None:
        raise InputError("which year of the file?", where="--year", mend="Write --year 2019.")
    keys = _keys(options.world_as or ())
    columns = keys.get("columns", "").replace(";", ",")
    # A table of one's own without a column of years is of the year that is asked for.
    only_year = options.year if columns and "year" not in own.pairs_of(columns) else None
    return WorldFile(
        path=options.world,
        year=options.year,
        domestic=_one_of(keys, "domestic", get_args(Domestic), "output"),
        services=_one_of(keys, "services", get_args(Services), None),
        reporter=_one_of(keys, "reporter", get_args(Reporter), None),
        gdp=keys.get("gdp", ""),
        gaps=_one_of(keys, "gaps", get_args(Gaps), "keep"),
        options=own.load_options(
            own.OwnTable(
                columns,
                keys.get("unit", ""),
                _one_of(keys, "decimal", get_args(own.Decimal), None),
                only_year,
                _one_of(keys, "holds", get_args(own.Holds), None),
            ),
            companions=[Path(keys["with"])] if "with" in keys else None,
            sheet=keys.get("sheet", ""),
            unknown=_one_of(keys, "unknown", get_args(own.Unknown), "fail"),
        ),
    )


def _keys(texts: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        key, sign, value = text.partition("=")
        if not sign or key not in WORLD_KEYS:
            hint = suggest(key, WORLD_KEYS) or f"Known: {', '.join(WORLD_KEYS)}."
            raise InputError(f"'{text}' is not KEY=VALUE.", where="--world-as", mend=hint)
        if key in found:
            raise InputError(f"'{key}' stands twice.", where="--world-as")
        found[key] = value
    return found


def _one_of(keys: dict[str, str], key: str, known: Sequence[Value], default: Value) -> Value:
    """Return the value of a key that has a list of values; the default where it is not given.

    Raises
    ------
    InputError
        The value is none of them.
    """
    if key not in keys:
        return default
    for one in known:
        if one == keys[key]:
            return one
    words = [str(one) for one in known]
    hint = suggest(keys[key], words) or f"One of: {', '.join(words)}."
    raise InputError(f"{key}: '{keys[key]}' is not known.", where="--world-as", mend=hint)


def _table_and_file(text: str) -> tuple[str, str]:
    table, sign, file = text.partition("=")
    if not sign or not file:
        raise InputError(
            f"'{text}' is not table=file.", where="--data", mend="Write crossings=my-crossings.csv."
        )
    return table.strip(), file.strip()
