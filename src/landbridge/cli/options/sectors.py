"""Options that say on which world with sectors a command works."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from landbridge import codes
from landbridge.basis import embedded_sectors
from landbridge.codes import REST
from landbridge.errors import InputError
from landbridge.sources.sectoral.world import load_sectoral_tables
from landbridge.studies.industries.base import IndustrySettings, theta_of
from landbridge.world.sectors.base import SectoralWorld
from landbridge.world.sectors.load import SHIPPED_DETAIL

MOST_YEARS = 200

TablesOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--tables",
        help="Your own tables by sector: an OECD ICIO csv, or a folder, zip or xlsx of flows and "
        "inputs, or of purchases by user (docs/sources.md).",
    ),
]
TablesYearOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--tables-year", min=1960, max=2100, help="Year of --tables. Default: from its name."
    ),
]
DetailOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        help="Sectors of the embedded world: 20, or 50 with pip install landbridge[sectors]. [20]"
    ),
]
ElasticitiesOption: TypeAlias = Annotated[
    str,
    typer.Option(
        help="Trade elasticities by sector: uniform, own (of --tables), or a set such as "
        "caliendo-parro. Default: own where the tables hold them, else uniform."
    ),
]
PathOption: TypeAlias = Annotated[
    int,
    typer.Option(
        min=0, max=MOST_YEARS, help="Follow capital for so many years, in runs by industry."
    ),
]


def economy_code(name: str) -> str:
    """Resolve a code or a name, the rest of the world among them."""
    return REST if name.strip().upper() == REST else codes.resolve(name)


def sectoral_world(
    tables: Path | None, year: int | None, detail: int | None
) -> SectoralWorld | None:
    """Read the user's tables; None for the embedded world.

    Raises
    ------
    InputError
        Options that exclude one another.
    """
    check_tables(tables, year, detail)
    return None if tables is None else load_sectoral_tables(tables, year=year)


def check_tables(tables: Path | None, year: int | None, detail: int | None) -> None:
    """Refuse options on tables by sector that exclude one another.

    Raises
    ------
    InputError
        A year without tables, or a detail with them.
    """
    if tables is None and year is not None:
        raise InputError("says the year of --tables.", where="--tables-year")
    if tables is not None and detail is not None:
        raise InputError(
            "is of the embedded world; your tables have their own sectors.", where="--detail"
        )


def industry_settings(
    *,
    sectors: bool,
    tables: Path | None,
    year: int | None,
    detail: int | None,
    elasticities: str,
    years: int,
) -> IndustrySettings | bool:
    """Put the options of a run by industry together; False where none is asked for.

    Raises
    ------
    InputError
        Options without --sectors, or that exclude one another.
    """
    given = {
        "--tables": tables,
        "--tables-year": year,
        "--detail": detail,
        "--elasticities": elasticities,
        "--path": years,
    }
    if not sectors:
        told = [name for name, value in given.items() if value]
        if told:
            raise InputError(
                "belongs to a run by industry.", where=", ".join(told), mend="Write --sectors too."
            )
        return False
    return replace(settings_of(tables, year, detail, elasticities), years=years)


def settings_of(
    tables: Path | None, year: int | None, detail: int | None, elasticities: str
) -> IndustrySettings:
    """Read the tables and check the name of the elasticities, before the long work."""
    own = sectoral_world(tables, year, detail)
    settings = IndustrySettings(own, detail or SHIPPED_DETAIL, elasticities)
    theta_of(own or embedded_sectors(settings.detail), elasticities)
    return settings
