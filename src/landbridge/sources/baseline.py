"""A loaded file as the baseline world: its trade, with domestic sales and services completed.

What the file holds is taken as it is. Where it has no sales of an economy to itself, they come from
gross output (the embedded accounts' output per GDP) or from GDP; where it has no services, they
come from the embedded world or stay at home. Every completion is counted in the world's notes, and
the status of each cell says where it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
import pandas as pd

from landbridge import sources
from landbridge.codes import REST
from landbridge.errors import DataError, InputError
from landbridge.sources.files.limits import Limits
from landbridge.sources.gaps import fill_gaps
from landbridge.sources.identity import WHY
from landbridge.sources.model import ANY_VINTAGE, Loaded, LoadOptions, UnknownCodes
from landbridge.tables import embedded_table
from landbridge.units import BoolArray, FloatArray
from landbridge.world.base import CellStatus, World
from landbridge.world.baseline import accounts
from landbridge.world.building.evidence import ListOptions

Domestic: TypeAlias = Literal["output", "gdp"]
Services: TypeAlias = Literal["baseline", "none"]
Reporter: TypeAlias = Literal["importer", "exporter"]
Gaps: TypeAlias = Literal["keep", "fill"]

DOMESTIC_FLOOR: Final = 0.05  # of exports: an entrepot sells more abroad than it makes
FEWEST: Final = 2
NAMES_SHOWN: Final = 10
UNKNOWN: Final = WHY["unknown"]
KINDS: Final = ("goods", "services")


@dataclass(frozen=True)
class WorldFile:
    """A file of a user's, and how it becomes the world.

    Attributes
    ----------
    path
        A file of flows or pairs: ITPD, ICIO, BACI, Comtrade, CEPII Gravity, a tidy table ...
    year
        Which year of it.
    domestic
        Where sales of an economy to itself come from when the file has none: ``output``: gross
        output less exports; ``gdp``: GDP less exports, the field's cruder habit.
    services
        For a file of goods only: ``baseline`` (when left out) takes services from the embedded
        world, ``none`` leaves them at home.
    reporter
        For a file with the reports of both partners (Comtrade): whose is taken first; the
        importer's when left out.
    gdp
        A World Development Indicators file with NY.GDP.MKTP.CD for the year; without it GDP of the
        embedded accounts.
    gaps
        What becomes of goods that the file lacks: ``keep`` leaves economies out and pairs at zero;
        ``fill`` adds the embedded world's economies and carries pairs that nobody reported from
        earlier years (`landbridge.world.building.complete`).
    options
        What the columns of a tidy file mean, companions, codes that nobody knows; years and detail
        are set here.
    """

    path: str | Path
    year: int
    domestic: Domestic = "output"
    services: Services | None = None
    reporter: Reporter | None = None
    gdp: str | Path = ""
    gaps: Gaps = "keep"
    options: LoadOptions = field(default_factory=LoadOptions)


def world_from_file(file: WorldFile, base: World, *, limits: Limits | None = None) -> World:
    """Load a file and make it the baseline world.

    Parameters
    ----------
    file
        Which file, and how it is completed.
    base
        The embedded world, from which services and the goods share of a flow come that the file
        lacks.
    limits
        What the file may cost.

    Returns
    -------
    World
        Million USD. Cells of the file are ``PUBLISHED``, cells that it does not hold or does not
        know are zero and ``IMPUTED`` (with ``gaps="fill"`` they are ``CARRIED``, ``IMPUTED`` with a
        flow, or ``ZERO``), the diagonal is ``DOMESTIC``; services taken from the
        embedded world keep their status there. ``notes`` say what was completed and left out.

    Raises
    ------
    InputError
        The file holds no trade, or not of that year; services or reporter is given for a file
        that leaves no such choice.
    DataError
        Fewer than two economies are left.
    """
    asked = replace(file.options, years=(file.year,), detail=None)
    return _world_of(sources.load(file.path, asked, limits=limits), file, base)


def _world_of(loaded: Loaded, file: WorldFile, base: World) -> World:
    """Make a loaded file the baseline world."""
    _check_choices(loaded, file.services, file.reporter)
    notes = [_origin(loaded)]
    flows = _flows(loaded, file, base, notes)
    filled = None
    if file.gaps == "fill":
        filled = fill_gaps(flows, base, year=file.year, rest=REST, notes=notes)
        flows = filled.flows
    sizes = _sizes(flows, file, base, notes)
    iso3 = tuple(sizes["iso3"])
    flows = _known_economies(flows, iso3, notes)
    goods, goods_seen = _matrix(flows[flows["trade"] == "goods"], iso3, notes, "goods")
    other, other_seen = _matrix(flows[flows["trade"] == "services"], iso3, notes, "services")
    status_goods, status_services = _status(goods_seen), _status(other_seen)
    sd_goods, sd_services = _spread(goods), _spread(other)
    if filled is not None:
        status_goods, sd_goods = filled.standing(iso3, status_goods, sd_goods)
    if not (flows["trade"] == "services").any():
        other, sd_services, status_services = _services(iso3, file, base, notes)
    output = _output_targets(sizes, file.domestic)
    for name, trade, seen in (("goods", goods, goods_seen), ("services", other, other_seen)):
        _complete_domestic(trade, seen, output[name], name, notes)
    return World(
        year=file.year,
        iso3=iso3,
        goods=goods,
        services=other,
        sd_log_goods=sd_goods,
        sd_log_services=sd_services,
        status_goods=status_goods,
        status_services=status_services,
        gdp_million_usd=sizes["gdp_million_usd"].to_numpy(dtype=np.float64),
        population=sizes["population"].to_numpy(dtype=np.float64),
        notes=tuple(notes),
    )


def _check_choices(loaded: Loaded, services: Services | None, reporter: Reporter | None) -> None:
    """Refuse choices that the file does not leave open."""
    faults = []
    if reporter is not None and "reported_by" not in loaded.table:
        faults.append(f"reporter = '{reporter}': the file has one report of each flow")
    if services is not None and loaded.trade in {"services", "all", "by_sector"}:
        faults.append(f"services = '{services}': the file holds services itself")
    if faults:
        raise InputError(
            f"{'; '.join(faults)}.", where=loaded.provenance.file, mend="Leave the option out."
        )


def _origin(loaded: Loaded) -> str:
    told = loaded.provenance
    vintage = "" if told.vintage == ANY_VINTAGE else f" {told.vintage}"
    return (
        f"Trade from {told.title}{vintage} ({told.file}, sha256 {told.sha256[:12]}; "
        f"{loaded.counts.read:,} {loaded.counts.unit} read, {loaded.counts.dropped_rows:,} left "
        "out with a reason each)."
    )


def _flows(loaded: Loaded, file: WorldFile, base: World, notes: list[str]) -> pd.DataFrame:
    """Select exporter, importer, trade (goods or services) and value; missing where unknown."""
    table = loaded.table
    if loaded.kind not in {"flows", "pairs"} or "value_million_usd" not in table:
        raise InputError(
            f"{loaded.provenance.title} holds no trade flows", where=loaded.provenance.file
        )
    table = table[table["year"] == file.year]
    if table.empty:
        raise InputError(f"there is no row of {file.year}", where=loaded.provenance.file)
    if "reported_by" in table:
        table = _one_report(table, file.reporter or "importer", notes)
    if loaded.trade == "by_sector":
        sectors = embedded_table("sources", "itpd_sectors")
        kinds = dict(zip(sectors["sector"], sectors["kind"], strict=True))
        trade = table["sector"].map({**kinds, "goods": "goods", "services": "services"})
        notes.append("Goods and services are told apart by the file's sectors.")
    elif loaded.trade == "services":
        trade = pd.Series("services", index=table.index)
    else:
        trade = pd.Series("goods", index=table.index)
    flows = pd.DataFrame(
        {
            "exporter": table["exporter"].astype(str),
            "importer": table["importer"].astype(str),
            "trade": trade,
            "value": table["value_million_usd"].astype(float),
        }
    )
    keys = ["exporter", "importer", "trade"]
    flows = flows.groupby(keys)["value"].sum(min_count=1).reset_index()
    return _split(flows, base, notes) if loaded.trade == "all" else flows


def _one_report(table: pd.DataFrame, first: Reporter, notes: list[str]) -> pd.DataFrame:
    order = table["reported_by"].ne(first)
    chosen = (
        table.assign(order=order)
        .sort_values("order", kind="stable")
        .drop_duplicates(["exporter", "importer", "year"])
    )
    other = int(chosen["order"].sum())
    notes.append(
        f"Of two reports the {first}'s is taken; {other:,} pairs have the partner's alone."
    )
    return chosen.drop(columns="order")


def _split(flows: pd.DataFrame, base: World, notes: list[str]) -> pd.DataFrame:
    """Split values of goods and services together by the embedded world's goods share."""
    at = {code: position for position, code in enumerate(base.iso3)}
    world_share = float(base.goods.sum() / base.flows.sum())
    share = np.full(len(flows), world_share)
    for row, (exporter, importer) in enumerate(
        zip(flows["exporter"], flows["importer"], strict=True)
    ):
        if exporter in at and importer in at and base.flows[at[exporter], at[importer]] > 0:
            share[row] = base.goods_share[at[exporter], at[importer]]
    notes.append(
        "The file holds goods and services together; they are split by each pair's goods share in "
        f"the embedded world of {base.year} (the world's share where it has none)."
    )
    goods = flows.assign(trade="goods", value=flows["value"] * share)
    services = flows.assign(trade="services", value=flows["value"] * (1.0 - share))
    return pd.concat([goods, services], ignore_index=True)


def _sizes(flows: pd.DataFrame, file: WorldFile, base: World, notes: list[str]) -> pd.DataFrame:
    """Gather GDP, population and output per GDP of the economies that can be in the world."""
    economies = embedded_table("atlas", "economies").set_index("iso3")
    book = accounts().set_index("iso3")
    gdp = book["gdp_million_usd"].reindex(economies.index).fillna(economies["gdp_million_usd"])
    if file.gdp:
        told = _gdp_of(file, notes).reindex(economies.index)
        gdp = told.fillna(gdp)
        notes.append(_gdp_note(told, file, flows))
    elif file.year != base.year:
        notes.append(
            f"GDP is that of {base.year}: no file was given for {file.year} (gdp=, --gdp)."
        )
    table = pd.DataFrame(
        {"gdp_million_usd": gdp, "population": economies["population"].astype(float)}
    )
    table = table[(table["gdp_million_usd"] > 0) & (table["population"] > 0)]
    named = sorted(set(flows["exporter"]) | set(flows["importer"]))
    chosen = table.loc[[code for code in named if code in table.index]]
    if REST in named:
        others = table.drop(index=chosen.index)
        rest = pd.DataFrame(
            {
                "gdp_million_usd": [others["gdp_million_usd"].sum()],
                "population": [others["population"].sum()],
            },
            index=[REST],
        )
        chosen = pd.concat([chosen, rest])
        notes.append(f"{REST} has the GDP and people of the {len(others)} economies not named.")
    for name in ("goods_domestic", "services_domestic", "goods_exports", "services_exports"):
        chosen[name] = (book[f"{name}_million_usd"] / book["gdp_million_usd"]).reindex(chosen.index)
    ratios = ["goods_domestic", "services_domestic", "goods_exports", "services_exports"]
    lacking = chosen[ratios].isna().any(axis=1)
    if lacking.any():
        median = chosen[ratios].median()
        if median.isna().any():
            median = (
                book[[f"{r}_million_usd" for r in ratios]].sum() / book["gdp_million_usd"].sum()
            ).set_axis(ratios)
        chosen[ratios] = chosen[ratios].fillna(median)
        notes.append(
            f"{int(lacking.sum())} economies without accounts have the others' median output per "
            f"GDP: {', '.join(chosen.index[lacking][:10])}."
        )
    if len(chosen) < FEWEST:
        raise DataError(f"fewer than {FEWEST} economies with a known GDP are left", where="world")
    return chosen.rename_axis("iso3").reset_index()


def _gdp_note(told: pd.Series, file: WorldFile, flows: pd.DataFrame) -> str:
    """Say for which traders the file of GDP has nothing."""
    note = f"GDP of {file.year} from {Path(file.gdp).name}"
    traders = (set(flows["exporter"]) | set(flows["importer"])) & set(told.index)
    lacking = sorted(traders & set(told.index[told.isna()]))
    if not lacking:
        return f"{note}."
    shown = ", ".join(lacking[:NAMES_SHOWN]) + (" ..." if len(lacking) > NAMES_SHOWN else "")
    return f"{note}; from the embedded accounts for {len(lacking)} that it lacks: {shown}."


def _gdp_of(file: WorldFile, notes: list[str]) -> pd.Series:
    # A table of GDP holds ISO3 codes alone: what nobody knows cannot stay in it.
    path = str(file.gdp)
    known: UnknownCodes = "refuse" if file.options.unknown_codes == "refuse" else "drop"
    loaded = sources.load(path, LoadOptions(years=(file.year,), unknown_codes=known))
    cells = sum(drop.rows for drop in loaded.counts.dropped if drop.reason == UNKNOWN)
    if cells:
        notes.append(f"{cells:,} cells of {Path(path).name} have unknown codes and are left out.")
    table = loaded.table
    if loaded.kind != "indicators" or not (table["measure"] == "gdp").any():
        raise InputError("this is no file of GDP (NY.GDP.MKTP.CD)", where=path)
    return table[table["measure"] == "gdp"].set_index("iso3")["value"]


def _known_economies(flows: pd.DataFrame, iso3: tuple[str, ...], notes: list[str]) -> pd.DataFrame:
    inside = flows["exporter"].isin(iso3) & flows["importer"].isin(iso3)
    if not inside.all():
        left = flows[~inside]
        codes = sorted((set(left["exporter"]) | set(left["importer"])) - set(iso3))
        notes.append(
            f"{len(codes)} economies without a known GDP are left out with "
            f"{left['value'].sum():,.0f} million USD of trade: {', '.join(codes[:15])}."
        )
    return flows[inside]


def _matrix(
    flows: pd.DataFrame, iso3: tuple[str, ...], notes: list[str], name: str
) -> tuple[FloatArray, BoolArray]:
    """Lay flows out as a matrix, and say which cells the file knows."""
    at = {code: position for position, code in enumerate(iso3)}
    values = np.zeros((len(iso3), len(iso3)))
    seen = np.zeros(values.shape, dtype=np.bool_)
    rows = flows["exporter"].map(at).to_numpy(dtype=np.int64)
    columns = flows["importer"].map(at).to_numpy(dtype=np.int64)
    found = flows["value"].to_numpy(dtype=np.float64)
    known = np.isfinite(found)
    values[rows[known], columns[known]] = found[known]
    seen[rows[known], columns[known]] = True
    negative = values < 0
    if negative.any():
        notes.append(
            f"{int(negative.sum())} cells of {name} were negative (stocks that fall), "
            f"{values[negative].sum():,.1f} million USD in all; they are zero."
        )
        values[negative] = 0.0
    if len(flows) and not known.all():
        notes.append(f"{int((~known).sum()):,} flows of {name} are not known; they are zero here.")
    return values, seen


def _status(seen: BoolArray) -> np.ndarray:
    status = np.where(seen, int(CellStatus.PUBLISHED), int(CellStatus.IMPUTED)).astype(np.int8)
    np.fill_diagonal(status, int(CellStatus.DOMESTIC))
    return status


def _spread(values: FloatArray) -> FloatArray:
    """Lay on every published flow the spread between one reporter's figure and the truth."""
    spread = np.where(values > 0, ListOptions().published_sd_log, 0.0)
    np.fill_diagonal(spread, 0.0)
    return spread


def _services(
    iso3: tuple[str, ...], file: WorldFile, base: World, notes: list[str]
) -> tuple[FloatArray, FloatArray, np.ndarray]:
    """Find services for a file that holds goods only."""
    count = len(iso3)
    values, spread = np.zeros((count, count)), np.zeros((count, count))
    status = _status(np.zeros((count, count), dtype=np.bool_))
    if file.services == "none":
        notes.append("The file holds goods only; services are not traded in this world.")
        return values, spread, status
    inside = [position for position, code in enumerate(iso3) if code in base.iso3]
    theirs = [base.iso3.index(iso3[position]) for position in inside]
    here, there = np.ix_(inside, inside), np.ix_(theirs, theirs)
    values[here] = base.services[there]
    spread[here] = base.sd_log_services[there]
    status[here] = base.status_services[there]
    np.fill_diagonal(values, 0.0)
    np.fill_diagonal(spread, 0.0)
    np.fill_diagonal(status, int(CellStatus.DOMESTIC))
    note = f"The file holds goods only; services are those of the embedded world of {base.year}"
    notes.append(f"{note}, not moved to {file.year}." if file.year != base.year else f"{note}.")
    return values, spread, status


def _output_targets(sizes: pd.DataFrame, domestic: Domestic) -> Mapping[str, FloatArray]:
    """Compute what each economy makes of goods and of services, million USD."""
    gdp = sizes["gdp_million_usd"].to_numpy(dtype=np.float64)
    made = {
        kind: (sizes[f"{kind}_domestic"] + sizes[f"{kind}_exports"]).to_numpy(dtype=np.float64)
        for kind in KINDS
    }
    if domestic == "output":
        return {kind: made[kind] * gdp for kind in KINDS}
    whole = made["goods"] + made["services"]
    return {kind: made[kind] / whole * gdp for kind in KINDS}


def _complete_domestic(
    trade: FloatArray, seen: BoolArray, output: FloatArray, name: str, notes: list[str]
) -> None:
    """Fill the diagonal where the file has none: output less exports, above a floor."""
    diagonal = trade.diagonal().copy()
    exports = trade.sum(axis=1) - diagonal
    lacking = ~(seen.diagonal() & (diagonal > 0))
    wanted = output - exports
    floor = np.maximum(DOMESTIC_FLOOR * exports, DOMESTIC_FLOOR * DOMESTIC_FLOOR * output)
    floored = lacking & (wanted < floor)
    filled = np.where(lacking, np.maximum(wanted, floor), diagonal)
    np.fill_diagonal(trade, filled)
    if lacking.all():
        notes.append(f"Domestic sales of {name}: what is made less what is exported.")
    elif lacking.any():
        notes.append(
            f"Domestic sales of {name}: from the file, and for {int(lacking.sum())} economies that "
            "it does not have, what is made less what is exported."
        )
    else:
        notes.append(f"Domestic sales of {name}: from the file.")
    if floored.any():
        notes.append(
            f"{int(floored.sum())} economies export as much {name} as they make, or more; their "
            "domestic sales are held at a floor."
        )
