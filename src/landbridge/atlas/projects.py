"""The register of programmes, corridors and projects: where they stand and what they cost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal, TypeAlias, TypeVar, get_args

from pydantic import BeforeValidator

from landbridge.atlas.facts import Fact, Precision, codes_in, records
from landbridge.codes import fold, resolve
from landbridge.errors import InputError, UnknownNameError, suggest

ProjectStatus: TypeAlias = Literal[
    "idea", "planned", "under_construction", "partly_open", "open", "shelved"
]
PROJECT_STATUSES: tuple[ProjectStatus, ...] = get_args(ProjectStatus)

Effect: TypeAlias = Literal[
    "new_link",
    "faster_link",
    "port",
    "terminal",
    "pipeline",
    "power",
    "sector_output",
    "none",
]
"""What a project changes in the model: a link that was not there, a link that gets faster, a port
or terminal, a pipeline, power, the output of a sector, or nothing."""

Several = Annotated[tuple[str, ...], BeforeValidator(codes_in)]
T = TypeVar("T")


class Programme(Fact):
    """A set of corridors and projects under one name."""

    programme: str
    name: str
    lead: Several
    bloc: str
    since: date
    precision: Precision


class Corridor(Fact):
    """A corridor, or a variant of one.

    Attributes
    ----------
    corridor, name, aliases, programmes, mode
        Identity, name, further identities, the programmes it belongs to, mode.
    economies
        ISO3 codes it crosses.
    length_low_km, length_central_km, length_high_km
        Kilometres; None where nobody states a length.
    status, status_date, since
        Where it stands, when that was so, and since when it was agreed or in use.
    cost_low_million_usd, cost_central_million_usd, cost_high_million_usd, cost_source
        Million US dollars of the source's year; see the note for what they cover.
    """

    corridor: str
    name: str
    aliases: Several
    programmes: Several
    mode: Literal["multimodal", "rail", "road"]
    economies: Several
    length_low_km: float | None
    length_central_km: float | None
    length_high_km: float | None
    status: ProjectStatus
    status_date: date
    since: date
    cost_low_million_usd: float | None
    cost_central_million_usd: float | None
    cost_high_million_usd: float | None
    cost_source: str


class Project(Fact):
    """A project of transport, energy or industry.

    Attributes
    ----------
    project, name, aliases, kind, corridors, economies
        Identity, name, further identities, kind, corridors it serves, where it lies and who takes
        part.
    status, status_date
        Where it stands, and when that was so.
    length_low_km, length_central_km, length_high_km
        Kilometres; None where there is no length.
    cost_low_million_usd, cost_central_million_usd, cost_high_million_usd
        Million US dollars of the source's year; None where nobody states a cost.
    cost_low_source, cost_central_source, cost_high_source, cost_year
        The source of each figure, and the years of the estimates.
    effect, effect_text
        What it changes in the model, and the same in words.
    """

    project: str
    name: str
    aliases: Several
    kind: str
    corridors: Several
    economies: Several
    status: ProjectStatus
    status_date: date
    length_low_km: float | None
    length_central_km: float | None
    length_high_km: float | None
    cost_low_million_usd: float | None
    cost_central_million_usd: float | None
    cost_high_million_usd: float | None
    cost_low_source: str
    cost_central_source: str
    cost_high_source: str
    cost_year: str
    effect: Effect
    effect_text: str


def programmes() -> tuple[Programme, ...]:
    """Read every programme."""
    return records("programmes", Programme)


def corridors(*, programme: str = "", through: str = "") -> tuple[Corridor, ...]:
    """Read the corridors, of one programme or through one economy if named.

    Parameters
    ----------
    programme
        Only those of one programme, by identity.
    through
        Only those that cross one economy, code or name.
    """
    iso3 = resolve(through) if through else ""
    return tuple(
        row
        for row in records("corridors", Corridor)
        if (not programme or programme in row.programmes) and (not iso3 or iso3 in row.economies)
    )


def corridor(name: str) -> Corridor:
    """Look up a corridor, by identity or name.

    Raises
    ------
    UnknownNameError
        There is none of that name; the message offers the nearest.

    Examples
    --------
    >>> corridor("cpec").economies
    ('CHN', 'PAK')
    """
    rows = {row.corridor: row for row in corridors()}
    also = {other: row for row in rows.values() for other in (row.name, *row.aliases)}
    return _find(name, rows, also, what="corridor")


def projects(
    *,
    status: ProjectStatus | None = None,
    corridor: str = "",
    economy: str = "",
    kind: str = "",
) -> tuple[Project, ...]:
    """Read the projects, by status, corridor, economy or kind if named.

    Parameters
    ----------
    status
        Only those that stand there.
    corridor
        Only those of one corridor, by identity or name.
    economy
        Only those in or with one economy, code or name.
    kind
        Only those of one kind (``railway``, ``port``, ``power`` ...).

    Raises
    ------
    InputError
        The status or kind is not one there is.
    """
    rows = records("projects", Project)
    if status is not None and status not in PROJECT_STATUSES:
        raise InputError(
            f"'{status}' is not a status.", where="status", mend=_or_list(status, PROJECT_STATUSES)
        )
    kinds = sorted({row.kind for row in rows})
    if kind and kind not in kinds:
        raise InputError(f"'{kind}' is not a kind.", where="kind", mend=_or_list(kind, kinds))
    slug = _corridor_slug(corridor) if corridor else ""
    iso3 = resolve(economy) if economy else ""
    return tuple(
        row
        for row in rows
        if (status is None or row.status == status)
        and (not slug or slug in row.corridors)
        and (not iso3 or iso3 in row.economies)
        and (not kind or row.kind == kind)
    )


def project(name: str) -> Project:
    """Look up a project, by identity or name.

    Raises
    ------
    UnknownNameError
        There is none of that name; the message offers the nearest.

    Examples
    --------
    >>> project("trans-afghan-railway").cost_central_million_usd
    7000.0
    """
    rows = {row.project: row for row in records("projects", Project)}
    also = {other: row for row in rows.values() for other in (row.name, *row.aliases)}
    return _find(name, rows, also, what="project")


def registered(name: str) -> Project | None:
    """Look a project up that need not be in the register; None where it is not, or has no name."""
    try:
        return project(name) if name else None
    except UnknownNameError:
        return None


def _corridor_slug(name: str) -> str:
    return corridor(name).corridor


def _find(name: str, by_slug: dict[str, T], by_name: dict[str, T], *, what: str) -> T:
    folded = {fold(key): row for key, row in (by_name | by_slug).items()}
    found = folded.get(fold(name))
    if found is None:
        mend = suggest(name, by_slug) or suggest(name, by_name) or _all(by_slug)
        raise UnknownNameError(f"'{name}' is not a known {what}.", mend=mend)
    return found


def _or_list(text: str, known: tuple[str, ...] | list[str]) -> str:
    return suggest(text, known) or f"Use one of {', '.join(known)}."


def _all(known: Iterable[str]) -> str:
    return f"There are {', '.join(known)}."
