"""Compute what two economies would trade."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final, Literal, TypeAlias

from landbridge.basis import Basis
from landbridge.codes import name_of
from landbridge.formats import money
from landbridge.gravity.uses.two_economies import Method, Potential
from landbridge.gravity.uses.two_economies import potential as potential_of
from landbridge.gravity.uses.world_panel import Kind
from landbridge.report.pages.pairs import present_potential
from landbridge.results import Result
from landbridge.studies.contract import Study, provenance_of
from landbridge.verbs.asking.fits import fits_certificate

Way: TypeAlias = Literal["own-past", "cross-section"]
METHODS: Final[dict[str, Method]] = {"own-past": "own_past", "cross-section": "cross_section"}
READING: Final[dict[Method, str]] = {
    "cross_section": (
        "Missing is potential less trade; below zero where the pair trades more than others would. "
        "Rank: the share of comparable pairs that do less well."
    ),
    "own_past": (
        "Usual: what gravity makes of the last recorded year. Missing is potential less trade; "
        "below zero where the pair trades more. Rank: the share of comparable pairs that did less "
        "well against their own potential."
    ),
}


def potential(
    basis: Basis,
    one: str,
    other: str,
    *,
    kind: Kind = "goods",
    method: Way | None = None,
) -> Result[Potential]:
    """Compute what two economies would trade by size, distance and their own past, with a band.

    Parameters
    ----------
    one, other
        Codes or names.
    kind
        ``goods`` or ``services``.
    method
        ``own-past``: sizes and what the pair traded before; ``cross-section``: as if it were like
        others. Own past where absent and the embedded panel holds the pair.

    Returns
    -------
    Result
        ``potential`` has one row a direction: observed, potential and its 90 percent band, missing
        (potential less observed), million USD, rank_percent.

    Raises
    ------
    InputError
        The two are one, the world lacks one of them, or own past is asked for where there is none.
    UnknownNameError
        There is no such economy.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().potential("PAK", "UZB")
    >>> list(found.tables["potential"]["exporter"])
    ['PAK', 'UZB']
    """
    found = potential_of(basis.world, one, other, kind=kind, method=METHODS.get(method or ""))
    certificate = fits_certificate({} if found.fit is None else {"equation": found.fit})
    tables = {"potential": found.table}
    if len(certificate):
        tables["potential_certificate"] = certificate
    first = found.table.iloc[0]
    pair = f"{name_of(str(first['exporter']))} and {name_of(str(first['importer']))}"
    return Result(
        Study(
            kind="potential",
            name="potential",
            title=f"Trade potential of {pair}, {kind}",
            headline=tuple(_told(row) for row in found.table.to_dict(orient="records")),
            tables=tables,
            notes=(*found.notes, READING[found.method]),
            certificate=certificate,
            provenance=provenance_of(basis),
            found=found,
        ),
        present_potential,
    )


def _told(row: Mapping[Hashable, Any]) -> str:
    amounts = {name: money(float(row[name])) for name in _AMOUNTS}
    return (
        f"{name_of(str(row['exporter']))} to {name_of(str(row['importer']))}: potential "
        f"{amounts['potential']} (90 percent band {amounts['potential_low']} to "
        f"{amounts['potential_high']}); it trades {amounts['observed']}."
    )


_AMOUNTS: Final = ("observed", "potential", "potential_low", "potential_high")
