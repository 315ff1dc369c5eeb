"""What changes in a world with sectors, all of it or a part of the way."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from landbridge.errors import InputError
from landbridge.units import BoolArray, FloatArray

BALANCE: Final = 1e-9
"""Taxes and works may differ by this share."""
SHUT_POWER: Final = 2.0
"""A flow that is shut closes along a path as (1 - t) to this power, so that no rate is infinite
at the end."""


@dataclass(frozen=True)
class SectoralShock:
    """Changes against the baseline; what is left out stays as it is.

    Attributes
    ----------
    iceberg_hat
        ``[N, N, S]`` ratio of trade cost factors tau, exporter x importer x sector; ``inf`` shuts
        a flow.
    non_tariff_hat
        ``[N, N, S]`` ratio of non-tariff cost factors, which use up resources as iceberg costs do
        and multiply them; kept apart so that results can be told apart.
    tariffs
        ``[N, N, S]`` new tariffs, ad valorem on the border price, ratio.
    export_subsidies
        ``[N, N, S]`` new subsidies as a share of the producer price, below 1; negative for export
        taxes. Zero at the baseline.
    productivity_hat
        ``[N, S]`` ratio of output per bundle of inputs.
    endowment_hat
        ``[N]`` ratio of the factor that earns value added.
    works_million_usd
        ``[N]`` public works a year, at baseline prices, where they are built. They are bought
        there with the composition of final spending, and no household enjoys them directly.
    taxes_million_usd
        ``[N]`` who pays for the works; the same sum. Each pays for its own first, at its own
        prices; what is left is one bill, shared in proportion to what is left to pay. Where left
        out, each pays for its own.
    """

    iceberg_hat: FloatArray | None = None
    non_tariff_hat: FloatArray | None = None
    tariffs: FloatArray | None = None
    export_subsidies: FloatArray | None = None
    productivity_hat: FloatArray | None = None
    endowment_hat: FloatArray | None = None
    works_million_usd: FloatArray | None = None
    taxes_million_usd: FloatArray | None = None


@dataclass(frozen=True)
class Changes:
    """A checked shock on a baseline of N economies and S sectors; None where nothing changes."""

    iceberg_hat: FloatArray | None
    non_tariff_hat: FloatArray | None
    tariffs: FloatArray
    baseline_tariffs: FloatArray
    export_subsidies: FloatArray | None
    productivity_hat: FloatArray | None
    endowment_hat: FloatArray | None
    own_works: FloatArray
    foreign_works: FloatArray
    tax_shares: FloatArray


def check_shock(shock: SectoralShock, baseline_tariffs: FloatArray) -> Changes:
    """Refuse shapes and values that make no sense, all at once.

    Parameters
    ----------
    shock
        As given.
    baseline_tariffs
        ``[N, N, S]``.

    Raises
    ------
    InputError
        Lists every fault.
    """
    count, _, sectors = baseline_tariffs.shape
    cube, plane, line = (count, count, sectors), (count, sectors), (count,)
    shapes = {
        "productivity_hat": plane,
        "endowment_hat": line,
        "works_million_usd": line,
        "taxes_million_usd": line,
    }
    faults: list[str] = []
    given: dict[str, FloatArray | None] = {}
    for field in fields(shock):
        values = getattr(shock, field.name)
        given[field.name] = None if values is None else np.asarray(values, dtype=np.float64)
        if values is None:
            continue
        wanted = shapes.get(field.name, cube)
        array = np.asarray(values, dtype=np.float64)
        if array.shape != wanted:
            faults.append(f"{field.name} has shape {array.shape}, not {wanted}")
            continue
        wrong = _wrong(field.name, array)
        if wrong.any():
            faults.append(f"{int(wrong.sum())} values of {field.name} are {RULES[field.name]}")
    own, foreign, shares = _works(given, count, faults)
    if faults:
        raise InputError("; ".join(faults), where="shock")
    tariffs = given["tariffs"]
    return Changes(
        iceberg_hat=given["iceberg_hat"],
        non_tariff_hat=given["non_tariff_hat"],
        tariffs=baseline_tariffs if tariffs is None else tariffs,
        baseline_tariffs=baseline_tariffs,
        export_subsidies=given["export_subsidies"],
        productivity_hat=given["productivity_hat"],
        endowment_hat=given["endowment_hat"],
        own_works=own,
        foreign_works=foreign,
        tax_shares=shares,
    )


RULES: Final = {
    "iceberg_hat": "zero, negative or missing (inf shuts a flow)",
    "non_tariff_hat": "zero, negative or missing (inf shuts a flow)",
    "tariffs": "-1 or less, missing or infinite",
    "export_subsidies": "1 or more, missing or infinite",
    "productivity_hat": "zero, negative, missing or infinite",
    "endowment_hat": "zero, negative, missing or infinite",
    "works_million_usd": "negative, missing or infinite",
    "taxes_million_usd": "negative, missing or infinite",
}


def part_of(changes: Changes, share: float, theta: FloatArray) -> Changes:
    """Bring in a share of a shock, from 0 (the baseline) to 1 (all of it).

    Costs, productivity and endowments move evenly in logs, tariffs, subsidies and works evenly in
    levels; a flow that is shut closes as ``(1 - share) ** 2`` in trade freeness.

    Parameters
    ----------
    changes
        Checked.
    share
        From 0 to 1.
    theta
        ``[S]`` trade elasticities.
    """
    tariffs = changes.baseline_tariffs + share * (changes.tariffs - changes.baseline_tariffs)
    subsidies = changes.export_subsidies
    return Changes(
        iceberg_hat=_part_of_cost(changes.iceberg_hat, share, theta),
        non_tariff_hat=_part_of_cost(changes.non_tariff_hat, share, theta),
        tariffs=changes.tariffs if share == 1.0 else tariffs,
        baseline_tariffs=changes.baseline_tariffs,
        export_subsidies=None if subsidies is None else share * subsidies,
        productivity_hat=_power(changes.productivity_hat, share),
        endowment_hat=_power(changes.endowment_hat, share),
        own_works=share * changes.own_works,
        foreign_works=share * changes.foreign_works,
        tax_shares=changes.tax_shares,
    )


def cost_speed(changes: Changes, share: float, theta: FloatArray) -> FloatArray | None:
    """Compute d ln tau / d share of iceberg and other costs, ``[N, N, S]``; 0 at a shut end."""
    total: FloatArray | None = None
    for hat in (changes.iceberg_hat, changes.non_tariff_hat):
        if hat is None:
            continue
        shut = np.isinf(hat)
        speed = np.log(hat, where=~shut, out=np.zeros_like(hat))
        if shut.any() and share < 1.0:
            closing = np.broadcast_to(SHUT_POWER / (theta * (1.0 - share)), hat.shape)
            speed = np.where(shut, closing, speed)
        total = speed if total is None else total + speed
    return total


def _wrong(name: str, values: FloatArray) -> BoolArray:
    if name in ("iceberg_hat", "non_tariff_hat"):
        return np.asarray(np.isnan(values) | (values <= 0))
    infinite = ~np.isfinite(values)
    if name == "tariffs":
        return np.asarray(infinite | (values <= -1.0))
    if name == "export_subsidies":
        return np.asarray(infinite | (values >= 1.0))
    if name in ("works_million_usd", "taxes_million_usd"):
        return np.asarray(infinite | (values < 0))
    return np.asarray(infinite | (values <= 0))


def _works(
    given: dict[str, FloatArray | None], count: int, faults: list[str]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Read works paid for at home and by others, and who pays which share of the others."""
    taxes, works = given["taxes_million_usd"], given["works_million_usd"]
    nothing = np.zeros(count)
    works = taxes if works is None else works
    taxes = works if taxes is None else taxes
    if works is None or taxes is None or works.shape != taxes.shape:
        return nothing, nothing, nothing
    total, cost = float(taxes.sum()), float(works.sum())
    if abs(cost - total) > BALANCE * max(total, cost):
        faults.append(
            f"works cost {cost:.6g} million USD and taxes raise {total:.6g}: they must be the same"
        )
    own = np.minimum(taxes, works)
    foreign, left = works - own, taxes - own
    if not left.sum() > 0:
        return own, nothing, nothing
    return own, foreign, left / left.sum()


def _part_of_cost(hat: FloatArray | None, share: float, theta: FloatArray) -> FloatArray | None:
    if hat is None or share == 1.0:
        return hat
    shut = np.isinf(hat)
    part = np.where(shut, 1.0, hat) ** share
    if shut.any():
        closing = np.broadcast_to((1.0 - share) ** (-SHUT_POWER / theta), hat.shape)
        part = np.where(shut, closing, part)
    return np.asarray(part)


def _power(hat: FloatArray | None, share: float) -> FloatArray | None:
    return None if hat is None else np.asarray(hat**share)
