"""Tables of a many-sector world, and what is done where they do not add up: counted, shown.

Nothing is repaired in silence: each treatment has a name, a count, an amount and the place where
it is largest (`BaselineReport`). What cannot be repaired is refused, with every fault at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import pandas as pd

from landbridge.equilibrium.baseline import names_of
from landbridge.equilibrium.market import Closure
from landbridge.errors import DataError, InputError
from landbridge.units import BoolArray, FloatArray

ADDING_UP: Final = 1e-6
"""Shares may miss their sum by so much, as tables do that are written with seven digits."""
ROUNDING: Final = 1e-12
LEAST_VALUE_ADDED: Final = 1e-3
"""Smallest cost share of value added that counts as a technology."""
DIMENSIONS: Final = 3

NegativeFlows = Literal["refuse", "clip"]


@dataclass(frozen=True)
class SectoralTables:
    """A world with sectors as its tables give it, not yet checked.

    Attributes
    ----------
    flows
        ``[N, N, S]`` million USD of one year, exporter x importer x sector, domestic sales on the
        diagonal, at border prices (before tariffs).
    value_added_shares
        ``[N, S]`` value added in the sales of an economy's sector, ratio.
    input_shares
        ``[N, S, S]`` economy x input x user: cost of the input in the sales of the user, at
        purchaser prices, ratio. With value added it sums to 1 over inputs.
    tariffs
        ``[N, N, S]`` ad valorem on the border price, ratio; none where left out.
    final_shares
        ``[N, S]`` share of each sector in final spending, summing to 1. Where left out, what
        intermediate use leaves of spending.
    deficits
        ``[N]`` million USD, imports less exports at border prices, summing to 0. Where left out,
        those of the flows.
    iso3, sectors
        Names; made up where left out.
    """

    flows: FloatArray
    value_added_shares: FloatArray
    input_shares: FloatArray
    tariffs: FloatArray | None = None
    final_shares: FloatArray | None = None
    deficits: FloatArray | None = None
    iso3: Sequence[str] | None = None
    sectors: Sequence[str] | None = None


@dataclass(frozen=True)
class Treatment:
    """One kind of repair, or of special cell.

    Attributes
    ----------
    treatment
        What was done.
    count
        How many cells.
    million_usd
        Sum of the absolute amounts moved, or of the flows concerned.
    largest
        The cell with the largest amount.
    """

    treatment: str
    count: int
    million_usd: float
    largest: str


@dataclass(frozen=True)
class BaselineReport:
    """Everything that was done to the tables before they could answer."""

    treatments: tuple[Treatment, ...]

    def table(self) -> pd.DataFrame:
        """Tabulate the treatments: treatment, count, million_usd, largest."""
        rows = [vars(entry) for entry in self.treatments]
        return pd.DataFrame(rows, columns=["treatment", "count", "million_usd", "largest"])

    def count(self, treatment: str) -> int:
        """Count the cells that a treatment touched; 0 where it was not needed."""
        return sum(entry.count for entry in self.treatments if entry.treatment == treatment)


CLIPPED_FLOWS: Final = "negative flows set to zero"
RESCALED: Final = "cost shares rescaled to sum to one"
NEGATIVE_INPUTS: Final = "negative input shares set to zero, the others rescaled"
LOW_VALUE_ADDED: Final = "value-added shares raised to the least allowed, inputs rescaled"
NO_SUPPLIER: Final = "inputs that nobody supplies dropped, other costs rescaled"
NEGATIVE_FINAL: Final = "negative final demand set to zero, the rest rescaled"
EMPTY_MAKER: Final = "economy-sectors that sell nothing"
EMPTY_BUYER: Final = "economy-sectors that nobody buys"
ZERO_FLOWS: Final = "flows of zero, which stay zero"
UNREACHED: Final = "economy-sectors bought for no use, dropped"
RESOLVED: Final = "flows changed where the baseline was solved again"


@dataclass(frozen=True)
class CleanTables:
    """Tables that can answer: names settled, shares in order. Arrays as in `SectoralTables`."""

    iso3: tuple[str, ...]
    sectors: tuple[str, ...]
    flows: FloatArray
    tariffs: FloatArray
    value_added_shares: FloatArray
    input_shares: FloatArray
    final_shares: FloatArray
    deficits: FloatArray
    treatments: tuple[Treatment, ...]

    @property
    def spending(self) -> FloatArray:
        """``[N, S]`` million USD at purchaser prices."""
        return np.asarray((self.flows * (1.0 + self.tariffs)).sum(axis=0))


def clean(
    tables: SectoralTables, *, negative_flows: NegativeFlows, closure: Closure
) -> CleanTables:
    """Check tables and put their shares in order.

    Parameters
    ----------
    tables
        As they came.
    negative_flows
        Whether negative flows are refused or set to zero (and counted).
    closure
        Deficits do not count under the purged closure.

    Raises
    ------
    DataError
        Lists every fault: shapes, missing values, shares that do not add up, an economy without
        value added or with nothing to spend.
    InputError
        An option that is not known, or names that do not fit.
    """
    if negative_flows not in ("refuse", "clip"):
        raise InputError(f"negative_flows is {negative_flows!r}", mend="Choose 'refuse' or 'clip'.")
    first = _shaped(tables)
    notes: list[Treatment] = []
    flows = first.flows
    if negative_flows == "clip" and (flows < 0).any():
        notes.append(_flows_note(CLIPPED_FLOWS, first, flows < 0))
        flows = np.maximum(flows, 0.0)
        first = replace(first, flows=flows)
    _check(first)
    sales, spending = flows.sum(axis=1), first.spending
    first, cost_notes = _costs(first, sales=sales, spending=spending)
    notes.extend(cost_notes)
    final, final_notes = _final(tables, first, sales=sales, spending=spending)
    notes.extend(final_notes)
    zero = flows == 0
    for label, mask in ((EMPTY_MAKER, sales <= 0), (EMPTY_BUYER, spending <= 0)):
        if mask.any():
            notes.append(_note(label, first, mask, amount=np.zeros_like(sales)))
    if zero.any():
        notes.append(Treatment(ZERO_FLOWS, int(zero.sum()), 0.0, ""))
    found = replace(first, final_shares=final, treatments=tuple(notes))
    _check_accounts(found, closure)
    return found


def cell(iso3: Sequence[str], sectors: Sequence[str], position: Sequence[int]) -> str:
    """Name an economy's sector, or an exporter's sales of a sector to an importer."""
    places = " to ".join(iso3[number] for number in position[:-1])
    return f"{places} {sectors[position[-1]]}"


def _shaped(tables: SectoralTables) -> CleanTables:
    """Settle shapes, names and what was left out."""
    flows = np.array(tables.flows, dtype=np.float64)
    if flows.ndim != DIMENSIONS or flows.shape[0] != flows.shape[1] or 0 in flows.shape:
        raise DataError(
            f"flows have shape {flows.shape}",
            mend="Give exporter x importer x sector, with domestic sales on the diagonal.",
        )
    count, _, sectors = flows.shape
    iso3 = names_of(count, tables.iso3)
    names = tuple(tables.sectors or (f"sector {number + 1}" for number in range(sectors)))
    if len(names) != sectors or len(set(names)) != sectors:
        raise InputError(
            f"{len(names)} names ({len(set(names))} different) for {sectors} sectors",
            mend="Give one name for each sector of the flows.",
        )
    tariffs = np.zeros_like(flows) if tables.tariffs is None else _float(tables.tariffs)
    balance = flows.sum(axis=(0, 2)) - flows.sum(axis=(1, 2))
    found = CleanTables(
        iso3=iso3,
        sectors=names,
        flows=flows,
        tariffs=tariffs,
        value_added_shares=_float(tables.value_added_shares),
        input_shares=_float(tables.input_shares),
        final_shares=(
            np.zeros((count, sectors))
            if tables.final_shares is None
            else _float(tables.final_shares)
        ),
        deficits=balance if tables.deficits is None else _float(tables.deficits),
        treatments=(),
    )
    wanted = {
        "tariffs": (count, count, sectors),
        "value_added_shares": (count, sectors),
        "input_shares": (count, sectors, sectors),
        "final_shares": (count, sectors),
        "deficits": (count,),
    }
    wrong = [
        f"{name} has shape {getattr(found, name).shape}, not {shape}"
        for name, shape in wanted.items()
        if getattr(found, name).shape != shape
    ]
    _raise(wrong, mend="The order of axes is economy (exporter, importer), then sector.")
    return found


def _check(tables: CleanTables) -> None:
    """Refuse values that no treatment can mend."""
    faults = []
    for name in ("flows", "tariffs", "value_added_shares", "input_shares", "final_shares"):
        values = getattr(tables, name)
        bad = ~np.isfinite(values)
        if name == "flows":
            bad |= values < 0
        if name == "tariffs":
            bad |= values <= -1.0
        if bad.any():
            faults.append(f"{int(bad.sum())} cells of {name} are {_why(name)}")
            first = [int(number) for number in np.argwhere(bad)[0]]
            if name != "input_shares":
                faults[-1] += f", the first {cell(tables.iso3, tables.sectors, first)}"
    if not np.isfinite(tables.deficits).all():
        faults.append("deficits are missing or infinite")
    _raise(faults, mend="Give numbers; clip negative flows with negative_flows='clip'.")
    sales = tables.flows.sum(axis=1)
    total = tables.value_added_shares + tables.input_shares.sum(axis=1)
    off = np.where(sales > 0, np.abs(total - 1.0), 0.0)
    if off.max() > ADDING_UP:
        at = np.unravel_index(int(off.argmax()), off.shape)
        place = cell(tables.iso3, tables.sectors, [int(number) for number in at])
        faults.append(
            f"cost shares (value added and inputs) of {int((off > ADDING_UP).sum())}"
            f" economy-sectors do not sum to 1, worst {place}: {total[at]:.9g}"
        )
    world = float(tables.flows.sum())
    if abs(tables.deficits.sum()) > ADDING_UP * world:
        faults.append(f"deficits sum to {tables.deficits.sum():.6g} million USD, not to 0")
    _raise(faults, mend="Mend the table, or leave the argument out to have it worked out.")


def _why(name: str) -> str:
    return {"flows": "negative, missing or infinite", "tariffs": "-1 or less, or missing"}.get(
        name, "missing or infinite"
    )


def _costs(
    tables: CleanTables, *, sales: FloatArray, spending: FloatArray
) -> tuple[CleanTables, list[Treatment]]:
    """Put cost shares in order: not negative, supplied, summing to one."""
    notes: list[Treatment] = []
    empty = sales <= 0
    own = np.where(empty, 1.0, tables.value_added_shares)
    inputs = np.where(empty[:, None, :], 0.0, tables.input_shares)
    negative = np.minimum(inputs, 0.0).sum(axis=1)
    if (negative < 0).any():
        notes.append(_note(NEGATIVE_INPUTS, tables, negative < 0, amount=-negative * sales))
        inputs = np.maximum(inputs, 0.0)
    unsupplied = (inputs > 0) & (spending <= 0)[:, :, None]
    if unsupplied.any():
        lost = np.where(unsupplied, inputs, 0.0).sum(axis=1)
        notes.append(_note(NO_SUPPLIER, tables, lost > 0, amount=lost * sales))
        inputs = np.where(unsupplied, 0.0, inputs)
    low = own < LEAST_VALUE_ADDED
    if low.any():
        amount = (LEAST_VALUE_ADDED - own) * sales
        notes.append(_note(LOW_VALUE_ADDED, tables, low, amount=amount))
        own = np.maximum(own, LEAST_VALUE_ADDED)
    total = own + inputs.sum(axis=1)
    off = np.abs(total - 1.0) > ROUNDING
    touched = (negative < 0) | low | unsupplied.any(axis=1)
    if (off & ~touched).any():
        amount = np.abs(total - 1.0) * sales
        notes.append(_note(RESCALED, tables, off & ~touched, amount=amount))
    # Value added that was raised keeps its share; elsewhere all costs are rescaled alike.
    room = np.divide(1.0 - own, inputs.sum(axis=1), out=np.ones_like(own), where=low)
    inputs = inputs * np.where(low, room, 1.0 / total)[:, None, :]
    own = np.where(low, own, own / total)
    own = np.where(inputs.sum(axis=1) > 0, own, 1.0)
    return replace(tables, value_added_shares=own, input_shares=inputs), notes


def _final(
    tables: SectoralTables, clean_tables: CleanTables, *, sales: FloatArray, spending: FloatArray
) -> tuple[FloatArray, list[Treatment]]:
    """Compute final shares, ``[N, S]``, from the table or from what inputs leave of spending."""
    used = (clean_tables.input_shares * sales[:, None, :]).sum(axis=2)
    if tables.final_shares is None:
        final = spending - used
        final = np.where(np.abs(final) <= ROUNDING * spending, 0.0, final)
        scale = np.ones(len(final))
    else:
        shares = clean_tables.final_shares
        sums = shares.sum(axis=1)
        off = np.abs(sums - 1.0) > ADDING_UP
        _raise(
            [f"final shares of {int(off.sum())} economies do not sum to 1"] if off.any() else [],
            mend="Give shares of final spending, or leave them out to have them worked out.",
        )
        final, scale = shares / sums[:, None], (spending - used).sum(axis=1)
    wrong = (final < 0) | ((final > 0) & (spending <= 0))
    notes = []
    if wrong.any():
        amount = np.abs(final) * scale[:, None]
        notes.append(_note(NEGATIVE_FINAL, clean_tables, wrong, amount=amount))
        final = np.where(wrong, 0.0, final)
    total = final.sum(axis=1, keepdims=True)
    lost = [name for name, value in zip(clean_tables.iso3, total[:, 0], strict=True) if value <= 0]
    _raise(
        [f"nothing is left for final use in {', '.join(lost)}"] if lost else [],
        mend="Its inputs exceed all it buys: check its input shares and domestic sales.",
    )
    return np.asarray(final / total), notes


def _check_accounts(tables: CleanTables, closure: Closure) -> None:
    """Refuse an economy without value added or with nothing to spend."""
    sales = tables.flows.sum(axis=1)
    value_added = (tables.value_added_shares * sales).sum(axis=1)
    income = value_added + (tables.tariffs * tables.flows).sum(axis=(0, 2))
    if closure != "purged":
        income = income + tables.deficits
    faults = [
        f"{name} {what}"
        for values, what in (
            (value_added, "sells nothing"),
            (income, "has nothing to spend: its trade surplus is larger than its income"),
        )
        for name, value in zip(tables.iso3, values, strict=True)
        if value <= 0
    ]
    _raise(faults, mend="Give its domestic sales, or leave it out.")


def _note(label: str, tables: CleanTables, mask: BoolArray, *, amount: FloatArray) -> Treatment:
    moved = np.where(mask, np.abs(amount), -1.0)
    at = [int(number) for number in np.unravel_index(int(moved.argmax()), moved.shape)]
    total = float(np.abs(amount)[mask].sum())
    return Treatment(label, int(mask.sum()), total, cell(tables.iso3, tables.sectors, at))


def _flows_note(label: str, tables: CleanTables, mask: BoolArray) -> Treatment:
    return _note(label, tables, mask, amount=tables.flows)


def _raise(faults: list[str], *, mend: str) -> None:
    if faults:
        raise DataError("; ".join(faults), where="tables with sectors", mend=mend)


def _float(values: FloatArray) -> FloatArray:
    return np.array(values, dtype=np.float64)
