"""Options that say how a data file is to be read, shared by the commands that read one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, get_args

import typer

from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.sources.model import ColumnMap, Detail, LoadOptions, MoneyUnit, UnknownCodes

COLUMN_KEYS = ("exporter", "importer", "value", "year", "sector", "product", "unit")
NEEDED = ("exporter", "importer", "value")
FIRST_YEAR, LAST_YEAR = 1800, 2200

Unknown: TypeAlias = Literal["fail", "drop", "keep"]
Decimal: TypeAlias = Literal["point", "comma"]
Holds: TypeAlias = Literal["goods", "services", "all"]

Columns = Annotated[
    str,
    typer.Option(
        metavar="KEY=COLUMN,...",
        help="What the columns of your own table mean: exporter=, importer=, value=, year=, "
        "sector=, product=, unit=.",
    ),
]
Unit = Annotated[
    str, typer.Option(help="Unit of the values: usd, thousand_usd, million_usd or billion_usd.")
]
DecimalSign = Annotated[
    Decimal | None, typer.Option("--decimal", help="Sign before decimals in your own table.")
]
OnlyYear = Annotated[
    int | None,
    typer.Option(
        min=FIRST_YEAR, max=LAST_YEAR, help="Year of your own table, where no column has it."
    ),
]
HoldsWhat = Annotated[
    Holds | None, typer.Option("--holds", help="What the values of your own table are.")
]
SheetName = Annotated[str, typer.Option(help="Sheet of a workbook (.xlsx).")]
UnknownMeans = Annotated[
    Unknown,
    typer.Option("--unknown", help="Codes that nobody knows: refuse, leave out, or keep as is."),
]
HowFine = Annotated[
    Detail | None, typer.Option("--detail", help="How finely flows come: total, sector, product.")
]
Companions = Annotated[
    list[Path] | None, typer.Option("--with", help="A file that belongs to it; can be repeated.")
]
Variables = Annotated[
    list[str] | None,
    typer.Option("--variable", help="A column of pair data, or all; can be repeated."),
]

REFUSED: dict[Unknown, UnknownCodes] = {"fail": "refuse", "drop": "drop", "keep": "keep"}
SIGNS: dict[Decimal, Literal[".", ","]] = {"point": ".", "comma": ","}


@dataclass(frozen=True)
class OwnTable:
    """What the options say about a table of the user's own."""

    columns: str = ""
    unit: str = ""
    decimal: Decimal | None = None
    only_year: int | None = None
    holds: Holds | None = None

    def map(self) -> ColumnMap | None:
        """Build the column map; None where the file is to be recognised by its header.

        Raises
        ------
        InputError
            A key that is not known or not given, no unit, or an option without the columns.
        """
        if self.columns:
            return column_map(self)
        given = {
            "--unit": bool(self.unit),
            "--decimal": self.decimal is not None,
            "--only-year": self.only_year is not None,
            "--holds": self.holds is not None,
        }
        told = [name for name, is_given in given.items() if is_given]
        if told:
            raise InputError(
                "only a table of your own has it to be said; known files say it themselves.",
                where=", ".join(told),
                mend="Write --columns exporter=COLUMN,importer=COLUMN,value=COLUMN too.",
            )
        return None


def load_options(
    own: OwnTable,
    *,
    years: tuple[int, ...] = (),
    companions: list[Path] | None = None,
    sheet: str = "",
    unknown: Unknown = "fail",
    detail: Detail | None = None,
    variables: list[str] | None = None,
) -> LoadOptions:
    """Put the options of a command into those of the loader.

    Raises
    ------
    InputError
        A column map or unit that cannot be read.
    """
    return LoadOptions(
        years=years,
        detail=detail,
        variables=tuple(variables or ()),
        columns=own.map(),
        companions=tuple(str(path) for path in companions or ()),
        unknown_codes=REFUSED[unknown],
        sheet=sheet,
    )


def column_map(own: OwnTable) -> ColumnMap:
    """Read ``exporter=origin,importer=destination,value=usd`` and what stands beside it.

    Raises
    ------
    InputError
        A key that is not known or not given, or no unit.
    """
    pairs = pairs_of(own.columns)
    missing = [key for key in NEEDED if not pairs.get(key)]
    if missing:
        raise InputError(
            f"{', '.join(missing)} is not given.", where="--columns", mend="Write key=column."
        )
    if bool(pairs.get("year")) == (own.only_year is not None):
        raise InputError(
            "the year is given twice." if pairs.get("year") else "no year is given.",
            where="--columns",
            mend="Write year=COLUMN among the columns, or --only-year for a file of one year.",
        )
    return ColumnMap(
        exporter=pairs["exporter"],
        importer=pairs["importer"],
        value=pairs["value"],
        unit=_unit(own.unit, pairs.get("unit", "")),
        unit_column=pairs.get("unit", ""),
        year=pairs.get("year", ""),
        only_year=own.only_year,
        sector=pairs.get("sector", ""),
        product=pairs.get("product", ""),
        trade=own.holds or "goods",
        decimal=SIGNS[own.decimal or "point"],
    )


def pairs_of(text: str) -> dict[str, str]:
    """Read pairs of key and column.

    Raises
    ------
    InputError
        A part that is no pair, a key that is not known or stands twice.
    """
    where = "--columns"
    found: dict[str, str] = {}
    for part in text.split(","):
        key, sign, column = (piece.strip() for piece in part.partition("="))
        if not sign:
            raise InputError(
                f"'{part.strip()}' is no pair of key and column.",
                where=where,
                mend="Write exporter=COLUMN,importer=COLUMN,value=COLUMN.",
            )
        if key not in COLUMN_KEYS:
            hint = suggest(key, COLUMN_KEYS) or f"Known: {', '.join(COLUMN_KEYS)}."
            raise UnknownNameError(f"'{key}' is not a key.", where=where, mend=hint)
        if key in found:
            raise InputError(f"'{key}' stands twice.", where=where)
        found[key] = column
    return found


def _unit(unit: str, column: str) -> MoneyUnit | None:
    if column:
        if unit:
            raise InputError("the unit is given twice: here and by a column.", where="--unit")
        return None
    for known in get_args(MoneyUnit):
        if known == unit.strip():
            return known  # type: ignore[no-any-return]
    hint = suggest(unit, get_args(MoneyUnit)) if unit else ""
    raise InputError(
        f"'{unit}' is not a unit." if unit else "the unit of the values is not given.",
        where="--unit",
        mend=hint or f"One of: {', '.join(get_args(MoneyUnit))}.",
    )
