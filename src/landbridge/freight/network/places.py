"""Finding a place, a crossing, a project or a passage in the tables by what a user calls it."""

from __future__ import annotations

from collections import defaultdict

from landbridge.codes import fold
from landbridge.errors import UnknownNameError, suggest
from landbridge.freight.network.tables import FreightTables, by_text, column, has_link, rows

BESIDE_KM = 40.0


def find_place(tables: FreightTables, text: str, *, where: str = "") -> str:
    """Find the place that a user means.

    Parameters
    ----------
    tables
        The tables.
    text
        An id, a name or another name, in any case: ``Tashkent``, ``toshkent``, ``Spin Boldak``.
    where
        The place it was written, for the message.

    Returns
    -------
    str
        The place's id.

    Raises
    ------
    UnknownNameError
        Nothing of that name is known; the message offers the nearest names.

    Examples
    --------
    >>> from landbridge.freight.network.tables import load_tables
    >>> find_place(load_tables(), "Spin Boldak")
    'chaman'
    """
    place = place_called(tables, text)
    if place:
        return place
    nodes = tables.nodes
    others = [name for row in column(nodes, "aliases") for name in row.split("|") if name]
    every = [*column(nodes, "name"), *others]
    raise UnknownNameError(
        f"'{text}' is not a place of the freight network.",
        where=where,
        mend=suggest(text, every) or "Name a city, port or border station of the network.",
    )


def place_called(tables: FreightTables, text: str) -> str:
    """Find the place that a user means, as `find_place`; empty where there is none."""
    # A city beside a place of another name, such as Accra by its port Tema, is that place.
    known: dict[str, str] = {}
    nodes = tables.nodes
    for node, aliases in by_text(nodes, "node", "aliases").items():
        for other in aliases.split("|"):
            if other:
                known.setdefault(fold(other), node)
    for tie in rows(tables.access):
        if tie.km <= BESIDE_KM:
            known.setdefault(fold(tie.centre), tie.node)
    known |= {fold(name): node for node, name in by_text(nodes, "node", "name").items()}
    known |= {fold(node): node for node in column(nodes, "node")}
    return known.get(fold(text), "")


def find_crossings(tables: FreightTables, text: str, *, where: str = "") -> tuple[str, ...]:
    """Find the crossings that a user means: one, or every mode at a border place.

    Parameters
    ----------
    tables
        The tables.
    text
        A crossing's id (``torkham-road``), or the id, name or names of its border place
        (``torkham``, ``Chaman``, ``chaman-spin-boldak``, ``hairatan-termez``).
    where
        The place it was written, for the message.

    Raises
    ------
    UnknownNameError
        No crossing of that name is known.
    """
    crossings = tables.crossings
    folded = fold(text)
    ids = {fold(crossing): crossing for crossing in column(crossings, "crossing")}
    if folded in ids:
        return (ids[folded],)
    at_place: dict[str, list[str]] = defaultdict(list)
    for crossing, place in by_text(crossings, "crossing", "place").items():
        at_place[place].append(crossing)
    nodes = tables.nodes[tables.nodes["node"].isin(at_place)]
    names = {
        row.node: [fold(other) for other in (row.node, row.name, *row.aliases.split("|")) if other]
        for row in rows(nodes)
    }
    for node, called in names.items():
        if folded in called:
            return tuple(at_place[node])
    words = set(folded.split())
    for node, called in names.items():
        # "chaman spin boldak", "hairatan termez": words of the place, perhaps of its neighbour.
        own = {word for other in called for word in other.split()}
        if words & own and words <= own | _beside(tables, node):
            return tuple(at_place[node])
    every = [*column(crossings, "crossing"), *names, *column(nodes, "name")]
    raise UnknownNameError(
        f"'{text}' is not a border crossing of the freight network.",
        where=where,
        mend=suggest(text, every) or "Name a crossing such as 'torkham' or 'torkham-road'.",
    )


def find_link(tables: FreightTables, text: str, *, where: str = "") -> str:
    """Find a land or ferry link by its id, whole or in parts."""
    if has_link(tables.links, text):
        return text
    links = set(column(tables.links, "link"))
    raise UnknownNameError(
        f"'{text}' is not a link of the freight network.",
        where=where,
        mend=suggest(text, links) or "A link's id reads like 'rail-karachi-hyderabad-pk'.",
    )


def find_project(tables: FreightTables, text: str, *, where: str = "") -> str:
    """Find a project by its id."""
    known = column(tables.projects, "project")
    projects = {fold(project): project for project in known}
    if fold(text) in projects:
        return projects[fold(text)]
    raise UnknownNameError(
        f"'{text}' is not a project of the register.",
        where=where,
        mend=suggest(text, known) or f"Known projects: {', '.join(sorted(known))}.",
    )


def passages(tables: FreightTables) -> tuple[str, ...]:
    """List the ids of the named sea passages, sorted."""
    return tuple(sorted(set(column(tables.sea_links, "passage")) - {""}))


def find_passage(tables: FreightTables, text: str) -> str:
    """Find the sea passage that a name means; empty when it is none.

    Examples
    --------
    >>> from landbridge.freight.network.tables import load_tables
    >>> find_passage(load_tables(), "Strait of Hormuz")
    'hormuz'
    """
    folded = fold(text)
    known: dict[str, str] = {fold(passage): passage for passage in passages(tables)}
    for row in rows(tables.passages):
        for name in (row.name, *row.aliases.split("|")):
            known.setdefault(fold(name), row.passage)
    found = known.get(folded, "")
    return found if found in passages(tables) else ""


def _beside(tables: FreightTables, node: str) -> set[str]:
    """Collect the words of the names of a place's neighbours, as in "Hairatan - Termez"."""
    links = tables.links
    near = set(column(links[links["from_node"] == node], "to_node"))
    near |= set(column(links[links["to_node"] == node], "from_node"))
    return {word for other in near for word in fold(other).split()}
