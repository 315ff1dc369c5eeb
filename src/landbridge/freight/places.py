"""Finding a place, a crossing, a project or a passage by what a user calls it."""

from __future__ import annotations

from landbridge.codes import fold
from landbridge.errors import UnknownNameError, suggest
from landbridge.freight.network import FreightNetwork


def find_place(network: FreightNetwork, text: str, *, where: str = "") -> str:
    """Give the id of the place that a user means.

    Parameters
    ----------
    network
        The network.
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
    >>> from landbridge.freight.network import load_network
    >>> find_place(load_network(), "Spin Boldak")
    'chaman'
    """
    known: dict[str, str] = {}
    nodes = network.tables.nodes
    for node, name, aliases in zip(nodes["node"], nodes["name"], nodes["aliases"], strict=True):
        for other in aliases.split("|"):
            if other:
                known.setdefault(fold(other), node)
    names = {fold(name): node for name, node in zip(nodes["name"], nodes["node"], strict=True)}
    ids = {fold(node): node for node in nodes["node"]}
    known |= names | ids
    folded = fold(text)
    if folded in known:
        return known[folded]
    every = [*nodes["name"], *(name for row in nodes["aliases"] for name in row.split("|") if name)]
    raise UnknownNameError(
        f"'{text}' is not a place of the freight network.",
        where=where,
        mend=suggest(text, every) or "Name a city, port or border station of the network.",
    )


def find_crossings(network: FreightNetwork, text: str, *, where: str = "") -> tuple[str, ...]:
    """Give the ids of the crossings that a user means: one, or every mode at a border place.

    Parameters
    ----------
    network
        The network.
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
    crossings = network.tables.crossings
    folded = fold(text)
    ids = {fold(crossing): crossing for crossing in crossings["crossing"]}
    if folded in ids:
        return (ids[folded],)
    by_place = crossings.groupby("place", sort=False)["crossing"].agg(tuple)
    nodes = network.tables.nodes[network.tables.nodes["node"].isin(by_place.index)]
    words = set(folded.split())
    for node, name, aliases in zip(nodes["node"], nodes["name"], nodes["aliases"], strict=True):
        names = [fold(other) for other in (node, name, *aliases.split("|")) if other]
        if folded in names:
            return tuple(by_place[node])
    for node, name, aliases in zip(nodes["node"], nodes["name"], nodes["aliases"], strict=True):
        names = [fold(other) for other in (node, name, *aliases.split("|")) if other]
        # "hairatan termez", "chaman spin boldak": every word belongs to the place, its first first.
        known = {word for other in names for word in other.split()} | _beside(network, node)
        if words <= known and words & {word for other in names for word in other.split()}:
            return tuple(by_place[node])
    every = [*crossings["crossing"], *nodes["node"], *nodes["name"]]
    raise UnknownNameError(
        f"'{text}' is not a border crossing of the freight network.",
        where=where,
        mend=suggest(text, every) or "Name a crossing such as 'torkham' or 'torkham-road'.",
    )


def find_link(network: FreightNetwork, text: str, *, where: str = "") -> str:
    """Give the id of a land or ferry link; `UnknownNameError` when there is none."""
    links = set(network.tables.links["link"])
    if text in links:
        return text
    raise UnknownNameError(
        f"'{text}' is not a link of the freight network.",
        where=where,
        mend=suggest(text, links) or "A link's id reads like 'rail-karachi-hyderabad-pk'.",
    )


def find_project(network: FreightNetwork, text: str, *, where: str = "") -> str:
    """Give the id of a project; `UnknownNameError` when there is none."""
    projects = dict(
        zip(
            map(fold, network.tables.projects["project"]),
            network.tables.projects["project"],
            strict=True,
        )
    )
    if fold(text) in projects:
        return str(projects[fold(text)])
    known = list(projects.values())
    raise UnknownNameError(
        f"'{text}' is not a project of the register.",
        where=where,
        mend=suggest(text, known) or f"Known projects: {', '.join(sorted(known))}.",
    )


def passages(network: FreightNetwork) -> tuple[str, ...]:
    """Give the ids of the named sea passages, sorted."""
    return tuple(sorted(set(network.tables.sea_links["passage"]) - {""}))


def _beside(network: FreightNetwork, node: str) -> set[str]:
    """Give the words of the names of a place's neighbours, as in "Hairatan - Termez"."""
    links = network.tables.links
    near = set(links.loc[links["from_node"] == node, "to_node"])
    near |= set(links.loc[links["to_node"] == node, "from_node"])
    return {word for other in near for word in fold(other).split()}
