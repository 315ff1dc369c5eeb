"""The atlas as tidy tables, one function a question: what the command line shows.

Every table is pandas, one fact a row, with its source and confidence where the row is a fact. The
source of a recalled row says that it is recalled and where it can be checked. A question about a
state of things names its day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, Literal, TypeAlias

import pandas as pd
from pydantic import BaseModel

from landbridge.atlas import agreements as agreed
from landbridge.atlas import blocs, overlap
from landbridge.atlas import projects as register
from landbridge.atlas import relations as related
from landbridge.atlas import targets as said
from landbridge.atlas.blocs import STATUSES, Status
from landbridge.atlas.composites import LargestOfEach, composite, composites
from landbridge.atlas.economies import economies
from landbridge.atlas.facts import as_day
from landbridge.atlas.fiscal import latest_fiscal
from landbridge.atlas.projects import ProjectStatus
from landbridge.atlas.regions import region_of
from landbridge.atlas.sources import source
from landbridge.codes import identify, name_of, predecessors, resolve, successors, validity
from landbridge.evidence import TO_CHECK, parts, shown_source, told_sources
from landbridge.tables import embedded_table

Facts: TypeAlias = pd.DataFrame

DAYS: Final = frozenset(
    {"since", "until", "signed", "in_force", "ended", "talks", "founded"}
    | {"known_to", "status_date", "as_of", "valid_from", "valid_until", "read_on"}
)
"""Columns that hold days."""

LAST: Final = ("source", "confidence", "note")

SHOWN: Final[tuple[Status, ...]] = tuple(status for status in STATUSES if status != "withdrawn")


def blocs_view(*, on: date) -> Facts:
    """List the blocs that stand on a day.

    Returns
    -------
    pandas.DataFrame
        bloc, full_name, kind, depth, founded, members, others (associates, observers, partners
        and the like), known_to, source, confidence.
    """
    day = as_day(on)
    rows = []
    for facts in (blocs.bloc(key) for key in blocs.known_blocs()):
        if not facts.stands(on=day):
            continue
        inside = blocs.members(facts.bloc, on=day)
        rows.append(
            {
                "bloc": facts.bloc,
                "full_name": facts.full_name,
                "kind": facts.kind,
                "depth": facts.depth,
                "founded": facts.founded,
                "members": len(inside),
                "others": len(blocs.members(facts.bloc, on=day, statuses=SHOWN)) - len(inside),
                "known_to": facts.known_to,
                "source": facts.shown_source,
                "confidence": facts.confidence,
            }
        )
    return _dated(pd.DataFrame(rows))


def bloc_view(bloc: str, *, on: date) -> Facts:
    """Tabulate everyone who has a standing in a bloc on a day, members first.

    Returns
    -------
    pandas.DataFrame
        iso3, name, status, since, until, precision, source, confidence, note.
    """
    key = blocs.resolve_bloc(bloc)
    now = blocs.intervals(on=as_day(on))
    rows = now[now.bloc == key].drop(columns="bloc")
    rows.insert(1, "name", [name_of(code) for code in rows.iso3])
    order = {status: rank for rank, status in enumerate(STATUSES)}
    rows = rows.assign(rank=rows.status.map(order)).sort_values(["rank", "iso3"])
    return told_sources(rows.drop(columns="rank").reset_index(drop=True))


def bloc_history(bloc: str) -> Facts:
    """List every interval of a bloc, in order of time: no day needed, for nothing is "now"."""
    table = blocs.intervals()
    rows = table[table.bloc == blocs.resolve_bloc(bloc)].sort_values(["since", "iso3"])
    return told_sources(rows.reset_index(drop=True))


def country_view(economy: str, *, on: date) -> Facts:
    """Tabulate an economy's standings in all blocs on a day, deepest first.

    Returns
    -------
    pandas.DataFrame
        bloc, full_name, depth, kind, status, since, source, confidence.
    """
    iso3 = resolve(economy)
    now = blocs.intervals(on=as_day(on))
    rows = now[now.iso3 == iso3]
    facts = [blocs.bloc(key) for key in rows.bloc]
    table = pd.DataFrame(
        {
            "bloc": [item.bloc for item in facts],
            "full_name": [item.full_name for item in facts],
            "depth": [item.depth for item in facts],
            "kind": [item.kind for item in facts],
            "status": rows.status.to_numpy(),
            "since": rows.since.to_numpy(),
            "source": told_sources(rows).source.to_numpy(),
            "confidence": rows.confidence.to_numpy(),
        }
    )
    rank = [-blocs.depth_rank(item.depth) for item in facts]
    ordered = table.assign(rank=rank).sort_values(["rank", "bloc"])
    return ordered.drop(columns="rank").reset_index(drop=True)


def country_facts(economy: str) -> Facts:
    """Tabulate an economy's size, place and fiscal indicators, one figure a row.

    Returns
    -------
    pandas.DataFrame
        indicator (the unit stands in the name), value, year (missing where it has none),
        stale (True where the latest figure is old), source.
    """
    iso3 = resolve(economy)
    row = economies().set_index("iso3").loc[iso3]
    place = region_of(iso3)
    rows: list[dict[str, object]] = [
        {"indicator": "region", "value": f"{place.subregion} ({place.region})"},
        {"indicator": "landlocked", "value": "yes" if row["landlocked"] else "no"},
        {"indicator": "area_km2", "value": row["area_km2"]},
    ]
    for name in ("population", "gdp", "gdp_ppp", "exports", "imports"):
        column = name if name == "population" else f"{name}_million_usd"
        rows.append({"indicator": column, "value": row[column], "year": row[f"{name}_year"]})
    for entry in rows:
        held = entry["indicator"] == "region"
        entry |= {"source": place.shown_source if held else "factbook-2026"}
    latest = latest_fiscal(iso3)
    columns = ["indicator", "value", "year", "stale", "source"]
    rows.extend({key: item[key] for key in columns} for item in latest.to_dict(orient="records"))
    table = pd.DataFrame(rows, columns=columns)
    table["year"] = table["year"].astype("Int64")
    table["stale"] = table["stale"].map(lambda flag: bool(flag) if flag == flag else False)  # noqa: PLR0124 - NaN
    return table


def corridors_view() -> Facts:
    """List the corridors: identity, name, mode, economies, length, status, source."""
    table = _frame(register.corridors())
    keep = ["corridor", "name", "mode", "economies", "length_central_km", "status", "status_date"]
    return table[[*keep, "source", "confidence"]]


def corridor_view(corridor: str) -> Facts:
    """Tabulate what is known of one corridor, one field a row: field, value."""
    return _card(register.corridor(corridor))


def project_view(project: str) -> Facts:
    """Tabulate what is known of one project, one field a row: field, value."""
    return _card(register.project(project))


def projects_view(
    *, status: ProjectStatus | None = None, corridor: str = "", economy: str = "", kind: str = ""
) -> Facts:
    """List projects, with the conditions of `landbridge.atlas.projects.projects`.

    Returns
    -------
    pandas.DataFrame
        project, name, kind, economies, status, status_date, cost_low_million_usd,
        cost_central_million_usd, cost_high_million_usd, effect, source, confidence.
    """
    found = register.projects(status=status, corridor=corridor, economy=economy, kind=kind)
    columns = [
        *("project", "name", "kind", "economies", "status", "status_date"),
        *("cost_low_million_usd", "cost_central_million_usd", "cost_high_million_usd"),
        *("effect", "source", "confidence"),
    ]
    return _frame(found, register.Project)[columns]


def relations_view(one: str, other: str, *, on: date | None = None) -> Facts:
    """Tabulate what stands between two economies: blocs, agreements, and what blocks.

    Parameters
    ----------
    one, other
        Codes or names.
    on
        The day; without one, the political relations of all of history, and nothing else (blocs
        and agreements need a day).

    Returns
    -------
    pandas.DataFrame
        what (``bloc``, ``agreement``, ``relation``), identity, name, detail (depth, or what is
        blocked and how far), actor, since, until, source, confidence, note.
    """
    rows = [] if on is None else _ties(one, other, on=as_day(on))
    for row in related.relations_between(one, other, on=on):
        rows.append(
            {
                "what": "relation",
                "identity": row.relation,
                "name": row.kind.replace("_", " "),
                "detail": f"blocks {', '.join(row.blocks)} ({row.extent})",
                "actor": f"{row.actor} and {row.target}" if row.mutual else row.actor,
                "since": row.since,
                "until": row.until,
                "source": row.shown_source,
                "confidence": row.confidence,
                "note": row.note,
            }
        )
    columns = [
        *("what", "identity", "name", "detail", "actor", "since", "until"),
        *("source", "confidence", "note"),
    ]
    return _dated(pd.DataFrame(rows, columns=columns))


def _ties(one: str, other: str, *, on: date) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for key in blocs.shared_blocs(one, other, on=on):
        facts = blocs.bloc(key)
        rows.append(
            {
                "what": "bloc",
                "identity": key,
                "name": facts.full_name,
                "detail": facts.depth,
                "actor": "both",
                "since": _later_since(one, other, key, on=on),
                "source": facts.shown_source,
                "confidence": facts.confidence,
                "note": facts.note,
            }
        )
    found = agreed.agreements_between(one, other, on=on, stages=("in_force", "signed"))
    rows.extend(
        {
            "what": "agreement",
            "identity": item.agreement,
            "name": item.name,
            "detail": f"{item.kind}, {item.depth}, {item.stage(on=on)}",
            "actor": "both",
            "since": item.since_for(resolve(one), resolve(other)),
            "until": item.ended,
            "source": item.shown_source,
            "confidence": item.confidence,
            "note": item.note,
        }
        for item in found
    )
    return rows


def _later_since(one: str, other: str, key: str, *, on: date) -> date:
    now = blocs.intervals(on=on)
    both = now[(now.bloc == key) & now.iso3.isin([resolve(one), resolve(other)])]
    since: pd.Timestamp = both.since.max()
    return since.date()


def agreements_view(party: str, *, on: date) -> Facts:
    """Tabulate the agreements to which a bloc or an economy is itself a party.

    Returns
    -------
    pandas.DataFrame
        agreement, name, kind, depth, stage (on the day), signed, in_force, ended, source,
        confidence.
    """
    day = as_day(on)
    found = agreed.with_party(party)
    table = _frame(found, agreed.Agreement)
    table.insert(4, "stage", [item.stage(on=day) for item in found])
    columns = [
        *("agreement", "name", "kind", "depth", "stage", "signed", "in_force", "ended"),
        *("source", "confidence"),
    ]
    return table[columns]


def overlap_view(economy: str, *, on: date) -> Facts:
    """Tabulate the economies with which one shares blocs on a day, most first.

    Returns
    -------
    pandas.DataFrame
        iso3, name, shared, blocs, deepest, depth.
    """
    return overlap.neighbours_in_blocs(economy, on=on)


def composites_view(*, on: date) -> Facts:
    """List the named composites: composite, title, members (count on the day), source, note."""
    day = as_day(on)
    rows = [
        (item.composite, item.title, len(item.group.members(on=day)), item.source, item.note)
        for item in composites()
    ]
    return pd.DataFrame(rows, columns=["composite", "title", "members", "source", "note"])


def composite_view(name: str, *, on: date) -> Facts:
    """Tabulate a named composite on a day; of a selection, with the runners-up.

    Returns
    -------
    pandas.DataFrame
        iso3, name; for a selection also group, rank, million_usd, source, confidence.
    """
    group = composite(name).group
    if isinstance(group, LargestOfEach):
        table = group.choices(on=as_day(on))
        table.insert(3, "name", [name_of(code) for code in table.iso3])
        return table
    codes = group.members(on=on)
    return pd.DataFrame({"iso3": codes, "name": [name_of(code) for code in codes]})


def targets_view(one: str = "", other: str = "") -> Facts:
    """Tabulate stated trade and targets, of one party or pair if named.

    Returns
    -------
    pandas.DataFrame
        statement, one, other, measure, role, period_start, period_end, low_million_usd,
        central_million_usd, high_million_usd, target_year, as_of, adds_up (False where a stated
        sum misses its stated parts, missing where there are none), source, confidence, note.
    """
    table = _frame(said.statements(one, other), said.Statement)
    agrees = said.sums().set_index("statement").agrees.to_dict()
    position = list(table.columns).index("as_of") + 1
    table.insert(position, "adds_up", [agrees.get(key) for key in table.statement])
    order = [name for name in table.columns if name not in LAST]
    return table[[*order, "source", "confidence", "note"]]


def codes_view(*, on: date) -> Facts:
    """Tabulate the codes of ISO 3166-1 valid on a day, XKX among them since its use.

    Returns
    -------
    pandas.DataFrame
        iso3, name, standing (of today: a code valid then may be ``retired`` now), valid_from,
        valid_until (first day on which it is not valid), change (how it ended), successors,
        from_precision, until_precision, source, confidence, note.
    """
    day = pd.Timestamp(as_day(on))
    table = told_sources(embedded_table("atlas", "economy_codes")).rename(columns={"code": "iso3"})
    ended = table.valid_until.notna() & (table.valid_until <= day)
    rows = table[(table.valid_from <= day) & ~ended].sort_values("iso3")
    pairs = zip(rows.iso3, rows.name, strict=True)
    named = rows.assign(name=[name or name_of(code) for code, name in pairs])
    columns = [
        *("iso3", "name", "standing", "valid_from", "valid_until", "change", "successors"),
        *("from_precision", "until_precision", "source", "confidence", "note"),
    ]
    return named[columns].reset_index(drop=True)


def code_view(text: str) -> Facts:
    """Tabulate what is known of one code, valid or retired, one field a row: field, value.

    Parameters
    ----------
    text
        A code or a name, of today or former: ``"YUG"``, ``"Soviet Union"``, ``"Pakistan"``.
    """
    iso3 = identify(text)
    table = told_sources(embedded_table("atlas", "economy_codes"))
    row = table[table.code == iso3].sort_values("valid_from").iloc[-1]
    held = validity(iso3)
    fields: list[tuple[str, object]] = [
        ("iso3", iso3),
        ("name", held.name),
        ("other_names", row["other_names"]),
        ("standing", held.standing),
        ("valid_from", held.valid_from),
        ("from_precision", held.from_precision),
        ("valid_until", held.valid_until),
        ("until_precision", held.until_precision),
        ("before", predecessors(iso3)),
        ("change", held.change),
        ("successors", held.successors),
        ("today", successors(iso3)),
        ("alpha4", row["alpha4"]),
        *((name, row[name]) for name in LAST),
    ]
    told = [(name, _cell(value)) for name, value in fields if value not in ("", None, ())]
    return pd.DataFrame(told, columns=["field", "value"])


def source_view(identities: Iterable[str]) -> Facts:
    """Tabulate the sources of some facts, once each, as the tables here name them.

    Returns
    -------
    pandas.DataFrame
        source, citation, kind, read_on (missing: not read, named for checking alone), note.
    """
    keys: set[str] = set()
    for shown in identities:
        first, _, places = shown.partition(TO_CHECK)
        named = (*parts(first), *places.split(","))
        keys |= {key.strip() for key in named if key.strip()}
    rows = [
        (item.source, item.citation, item.kind, item.read_on, item.note)
        for item in (source(key) for key in sorted(keys))
    ]
    table = pd.DataFrame(rows, columns=["source", "citation", "kind", "read_on", "note"])
    return _dated(table)


def world_view(*, on: date, of: Literal["blocs", "composites"] = "blocs") -> Facts:
    """Rank blocs or composites by the shares of the world that they hold on a day."""
    if of == "blocs":
        return overlap.bloc_shares(on=on)
    groups = {item.composite: item.group for item in composites()}
    table = overlap.group_shares(groups, on=on).rename(columns={"group": "composite"})
    return table.sort_values("gdp_percent", ascending=False).reset_index(drop=True)


def _frame(rows: Iterable[BaseModel], kind: type[BaseModel] | None = None) -> Facts:
    table = pd.DataFrame(
        [{name: _cell(value) for name, value in row.model_dump().items()} for row in rows]
    )
    if table.empty and kind is not None:
        return told_sources(pd.DataFrame(columns=list(kind.model_fields)))
    return told_sources(_dated(table))


def _dated(table: Facts) -> Facts:
    for name in (column for column in table.columns if column in DAYS):
        table[name] = pd.to_datetime(table[name])
    return table


def _card(row: BaseModel) -> Facts:
    held = row.model_dump()
    held["source"] = shown_source(held["source"], held.pop("check_at", ""))
    fields = [(name, _cell(value)) for name, value in held.items()]
    told = [(name, value) for name, value in fields if value not in ("", None)]
    told.sort(key=lambda entry: entry[0] in LAST)
    return pd.DataFrame(told, columns=["field", "value"])


def _cell(value: object) -> object:
    return ";".join(map(str, value)) if isinstance(value, tuple) else value
