"""Show the world: its economies, one economy's trade, or what an economy makes by sector."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from landbridge import codes
from landbridge.basis import Basis, embedded_sectors
from landbridge.codes import REST, name_of
from landbridge.errors import InputError
from landbridge.formats import money
from landbridge.gravity.uses.world_fitted import fitted_world
from landbridge.report.pages.pairs import present_world
from landbridge.results import Result
from landbridge.studies.contract import Study, certificate_of, provenance_of
from landbridge.studies.industries.running import foreign
from landbridge.studies.industries.tables import STRUCTURES
from landbridge.units import PERCENT
from landbridge.verbs.world_tariffs import NOTE, importers_table, partners_table, tariffs_of
from landbridge.world.base import CellStatus, World, foreign_totals
from landbridge.world.sectors.base import SectoralWorld
from landbridge.world.sectors.load import SHIPPED_DETAIL
from landbridge.world.tables import pair_table, status_title

HOW_KNOWN = "Million USD. docs/baseline.md says how each kind is made and how well it does."
BY_SECTOR = (
    "Million USD. docs/sectors.md says how economies outside the OECD's table are made, and what "
    "was imputed or cut."
)
LEAST_IMPORTS = 1e-12


def world_table(
    basis: Basis,
    economy: str = "",
    partner: str = "",
    *,
    sectors: bool = False,
    tariffs: bool = False,
    detail: int | None = None,
    fitted: bool = False,
) -> Result[World | SectoralWorld]:
    """Show the world: who trades what with whom, and how well that is known.

    Parameters
    ----------
    economy
        Code or name; all economies are listed where absent.
    partner
        One partner, both directions.
    sectors
        Show the world with sectors instead: what each makes, sells and buys.
    tariffs
        Show what importers charge on goods instead, of one economy partner by partner.
    detail
        Sectors of the embedded world, 20 or 50.
    fitted
        Set what gravity predicts for each pair beside its flow.

    Returns
    -------
    Result
        ``world_economies``, ``world_pairs``, ``world_sectors`` or ``world_tariffs``, million USD.

    Raises
    ------
    InputError
        The economy is not in the world, or options exclude one another.
    UnknownNameError
        There is no such economy.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().world_table("PAK", "UZB")
    >>> list(found.tables["world_pairs"]["exporter"])
    ['PAK', 'UZB']
    """
    if sectors:
        return _by_sector(basis, economy, detail)
    world = basis.world
    if tariffs:
        return _tariffs(basis, economy, partner)
    if not economy:
        if partner:
            raise InputError("a partner needs an economy before it.", where="--partner")
        if fitted:
            raise InputError(
                "fitted flows are shown by pair.", where="--fitted", mend="Name an economy."
            )
        table = economies_table(world)
        sold = money(float(table["exports_million_usd"].sum()))
        said = (f"{len(table)} economies sell {sold} abroad in {world.year}.",)
        title = f"Economies in the world of {world.year}"
        return _result(basis, title, said, {"world_economies": table}, world)
    iso3 = in_world(world, economy)
    other = in_world(world, partner) if partner else None
    table = pair_table(world, iso3, partner=other)
    if _from_file(basis):
        table = own_standing(table)
    notes: tuple[str, ...] = (HOW_KNOWN,)
    if fitted:
        table, fits = with_fitted(table, world)
        notes = (*fits, HOW_KNOWN)
    title = f"Trade of {codes.name_of(iso3)}, {world.year}, million USD"
    told = _told(table, iso3)
    return _result(basis, title, told, {"world_pairs": table}, world, notes=notes)


def _result(
    basis: Basis,
    title: str,
    told: tuple[str, ...],
    tables: Mapping[str, pd.DataFrame],
    found: World | SectoralWorld,
    *,
    notes: tuple[str, ...] = (HOW_KNOWN,),
) -> Result[World | SectoralWorld]:
    return Result(
        Study(
            kind="world",
            name="world",
            title=title,
            headline=told,
            tables=tables,
            notes=notes,
            certificate=certificate_of(),
            provenance=provenance_of(basis),
            found=found,
        ),
        present_world,
    )


def in_world(world: World, name: str) -> str:
    """Resolve a name to an economy that the world holds.

    Raises
    ------
    InputError
        The economy is known and not among the traders of the world.
    """
    iso3 = codes.resolve(name)
    if iso3 not in world.iso3:
        raise InputError(
            f"{codes.name_of(iso3)} is not in the world of {world.year}: no trade totals are "
            "published for it.",
            mend="`landbridge world` lists the economies that are.",
        )
    return iso3


def economies_table(world: World) -> pd.DataFrame:
    """Lay the economies of a world out with output, trade and income."""
    return pd.DataFrame(
        {
            "iso3": world.iso3,
            "name": [codes.name_of(code) for code in world.iso3],
            "gdp_million_usd": world.gdp_million_usd,
            "output_million_usd": world.output,
            "exports_million_usd": world.exports,
            "imports_million_usd": world.imports,
            "population": world.population,
        }
    )


def own_standing(table: pd.DataFrame) -> pd.DataFrame:
    """Say of a file's own world that a cell it does not hold is zero for that reason."""
    result = table.copy()
    for kind in ("goods", "services"):
        absent = (result[f"{kind}_million_usd"] == 0) & result[f"status_{kind}"].eq(
            status_title(CellStatus.IMPUTED)
        )
        result.loc[absent, f"status_{kind}"] = "not in the file"
        told = result[f"status_{kind}"].eq(status_title(CellStatus.PUBLISHED))
        result.loc[told, f"status_{kind}"] = "from the file"
    return result


def with_fitted(table: pd.DataFrame, world: World) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Put the fitted flow beside each observed one, and say what the fit is."""
    found = fitted_world(world)
    place = {code: at for at, code in enumerate(found.world.iso3)}
    at = (table["exporter"].map(place).to_numpy(), table["importer"].map(place).to_numpy())
    filled = table.assign(
        goods_fitted_million_usd=found.world.goods[at],
        services_fitted_million_usd=found.world.services[at],
    )
    return filled, found.notes


def _from_file(basis: Basis) -> bool:
    return any(one.used_for == "world" and one.sha256 for one in basis.inputs)


def _told(table: pd.DataFrame, iso3: str) -> tuple[str, ...]:
    """Say what an economy sells and buys, and its largest partner either way."""
    name = codes.name_of(iso3)
    abroad = table[table["exporter"] != table["importer"]]
    told = []
    ways = (
        ("sells", "to", "exporter", "importer_name"),
        ("buys", "from", "importer", "exporter_name"),
    )
    for verb, word, own, others in ways:
        rows = abroad[abroad[own] == iso3]
        total = float(rows["total_million_usd"].sum())
        largest = rows.iloc[int(rows["total_million_usd"].to_numpy().argmax())]
        told.append(
            f"{name} {verb} {money(total)}, of which "
            f"{money(float(largest['total_million_usd']))} {word} {largest[others]}."
        )
    return tuple(told)


def _tariffs(basis: Basis, economy: str, partner: str) -> Result[World | SectoralWorld]:
    world = basis.world
    notes = (NOTE, *tariffs_of(world).notes, *tariffs_of(world).own_notes)
    if not economy:
        table = importers_table(basis)
        revenue, goods = float(table["revenue_million_usd"].sum()), foreign_totals(world.goods)[1]
        told = f"Importers charge {money(revenue)} on goods worth {money(float(goods.sum()))}."
        title = f"Tariffs on goods, {world.year}, percent"
        return _result(basis, title, (told,), {"world_tariffs": table}, world, notes=notes)
    iso3 = in_world(world, economy)
    other = in_world(world, partner) if partner else None
    table = partners_table(basis, iso3, other)
    paid = float((table["imports_million_usd"] * table["charged_percent"]).sum() / PERCENT)
    told = f"{name_of(iso3)} charges {money(paid)} a year on these goods."
    title = f"Tariffs of {name_of(iso3)} and of its partners, {world.year}, percent"
    return _result(basis, title, (told,), {"world_tariffs": table}, world, notes=notes)


def _by_sector(basis: Basis, economy: str, detail: int | None) -> Result[World | SectoralWorld]:
    world = basis.sectors or embedded_sectors(detail or SHIPPED_DETAIL)
    year = str(world.year) if world.year else "year not stated"
    if not economy:
        table = economies_by_sector(world)
        title = f"Economies, {len(world.sectors.codes)} sectors, {year}"
        named = "world_economies"
    else:
        iso3 = _in_sectors(world, economy)
        table = one_by_sector(world, iso3)
        known = STRUCTURES[world.structure[world.index(iso3)]]
        title = f"{name_of(iso3)} by sector, {year}; known from: {known}"
        named = "world_sectors"
    largest = table.iloc[int(table["value_added_million_usd"].to_numpy().argmax())]
    told = (
        (
            f"Value added of {money(float(table['value_added_million_usd'].sum()))}, of which "
            f"{money(float(largest['value_added_million_usd']))} in "
            f"{largest['name' if 'name' in table else 'industry']}."
        ),
    )
    notes = (*world.notes, BY_SECTOR)
    return _result(basis, title, told, {named: table}, world, notes=notes)


def _in_sectors(world: SectoralWorld, name: str) -> str:
    iso3 = REST if name.strip().upper() == REST else codes.resolve(name)
    if iso3 not in world.iso3:
        raise InputError(
            f"{name_of(iso3)} is not in the world with sectors.",
            mend="`landbridge world --sectors` lists the economies that are.",
        )
    return iso3


def one_by_sector(world: SectoralWorld, iso3: str) -> pd.DataFrame:
    """Lay out one row a sector: output, value added, exports, imports, tariff where known."""
    at = world.index(iso3)
    exports, imports = foreign(world.flows)
    table = pd.DataFrame(
        {
            "sector": world.sectors.codes,
            "industry": world.sectors.titles,
            "output_million_usd": world.output[at],
            "value_added_million_usd": world.value_added[at],
            "exports_million_usd": exports[at],
            "imports_million_usd": imports[at],
        }
    )
    if world.tariffs is not None:
        paid = foreign(world.paid)[1][at]
        ratio = paid / imports[at].clip(min=LEAST_IMPORTS)
        table["tariff_percent"] = PERCENT * (ratio - 1.0).clip(-1.0)
        table.loc[table["imports_million_usd"] <= 0, "tariff_percent"] = float("nan")
    if world.elasticities is not None:
        table["trade_elasticity"] = world.elasticities
    return table


def economies_by_sector(world: SectoralWorld) -> pd.DataFrame:
    """Lay out one row an economy: output, value added, exports, imports, how it is known."""
    exports, imports = foreign(world.flows)
    return pd.DataFrame(
        {
            "iso3": world.iso3,
            "name": [name_of(code) for code in world.iso3],
            "output_million_usd": world.output.sum(axis=1),
            "value_added_million_usd": world.value_added.sum(axis=1),
            "exports_million_usd": exports.sum(axis=1),
            "imports_million_usd": imports.sum(axis=1),
            "structure": [STRUCTURES[kind] for kind in world.structure],
        }
    )
