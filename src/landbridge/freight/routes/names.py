"""What sets one way apart from others, in a few words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from landbridge.freight.network.compiled import ArcKind
from landbridge.freight.network.tables import by_text
from landbridge.freight.search.modes import MainMode
from landbridge.freight.search.ways import Step, Ways

TOLD = 2
"""Features in a name: more do not fit a legend."""


class _Feature(NamedTuple):
    """Something on a way that a planner would name it by.

    The rank says how many other ways may have it too and it still goes before one of rank zero.
    """

    name: str
    rank: int


def route_names(
    ways: Ways, routes: Sequence[tuple[int, ...]], modes: Sequence[MainMode]
) -> list[str]:
    """Name ways by what the fewest of the others have too.

    Parameters
    ----------
    ways
        The arcs between the two places.
    routes
        The ways: positions in the arrays of `ways`.
    modes
        Their main modes.

    Returns
    -------
    list of str
        As ``by Karachi and the sea``, ``by Hairatan and Torkham, rail``; no name twice.
    """
    features = [_features(ways, ways.steps(arcs)) for arcs in routes]
    common = Counter(feature.name for own in features for feature in own)
    names: list[str] = []
    for own, mode in zip(features, modes, strict=True):
        rare = sorted(own, key=lambda feature: (common[feature.name] + feature.rank, feature.rank))
        told = _told(own, rare[:TOLD], mode)
        more = TOLD
        while told in names and more < len(rare):
            more += 1
            told = _told(own, rare[:more], mode)
        same = names.count(told)
        names.append(told if not same else f"{told} ({same + 1})")
    return names


def _told(own: list[_Feature], chosen: list[_Feature], mode: MainMode) -> str:
    """Put features together in the order of the way, and the mode."""
    told = [feature.name for feature in own if feature in chosen]
    if not told:
        return f"by {mode}"
    if mode == "sea":
        return f"by {_listed([*told, 'the sea'])}"
    return f"by {_listed(told)}, {mode}"


def _listed(names: list[str]) -> str:
    """Write names as a list: ``a, b and c``."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _features(ways: Ways, steps: list[Step]) -> list[_Feature]:
    """List the ports, passages, borders and towns of a way in its order, each once."""
    network, names = ways.network, ways.names
    nodes = network.tables.nodes
    kinds = by_text(nodes, "node", "kind")
    crossings = by_text(network.tables.crossings, "crossing", "name")
    found: dict[str, _Feature] = {}

    def add(name: str, rank: int) -> None:
        found.setdefault(name, _Feature(name, rank))

    for step in steps:
        if step.kind in {ArcKind.PORT, ArcKind.FERRY_PORT}:
            if step.start.node not in ways.ends:
                add(names[step.start.node], 0)
        elif step.kind == ArcKind.SEA:
            for passage in network.sea.passages_between(step.start.node, step.end.node):
                add(_passage(passage), 1)
        elif step.kind == ArcKind.CROSSING:
            add(crossings[step.name], 0)
        elif step.end.node not in ways.ends and kinds[step.end.node] == "city":
            add(names[step.end.node], 2)
    return list(found.values())


def _passage(passage: str) -> str:
    """Write the id of a passage as a name."""
    small = {"of", "el"}
    words = [word if word in small else word.capitalize() for word in passage.split("-")]
    return " ".join(words)
