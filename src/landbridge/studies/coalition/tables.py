"""Tables of a study of coalitions: who gains, who would leave, what would hold them, who joins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from landbridge.codes import name_of
from landbridge.draws.noise import NIL_MILLION_USD
from landbridge.studies.coalition.games import (
    Game,
    LeastCore,
    blocking,
    excesses,
    in_core,
    least_core,
    members,
    names,
    shapley,
    smallest_transfers,
)
from landbridge.studies.coalition.values import OUTSIDE, Payoffs, Player, Rules, gain_of_signing
from landbridge.units import PERCENT, FloatArray, IntArray
from landbridge.world.base import World

OUTSIDERS_SHOWN: Final = 15
TURNED, WON, KEENER, COOLER, SAME = (
    "turned against",
    "won over",
    "keener",
    "less keen",
    "no change",
)


@dataclass(frozen=True, eq=False)
class Sharing:
    """How what all together are worth can be shared, and whether that holds.

    Attributes
    ----------
    together, left_behind, alone
        ``[P]`` payoff when all act, when all others act, and when nobody else does.
    shapley
        ``[P]``.
    least
        Core, least core and prenucleolus.
    leaving
        Coalitions that would leave where nobody pays anybody, the greatest gain first.
    transfer
        ``[P]`` the smallest side payments that hold all together.
    """

    together: FloatArray
    left_behind: FloatArray
    alone: FloatArray
    shapley: FloatArray
    least: LeastCore
    leaving: IntArray
    transfer: FloatArray

    @property
    def holds(self) -> bool:
        """Whether nobody would leave although nobody pays anybody."""
        return not len(self.leaving)


def share_out(payoffs: Payoffs) -> Sharing:
    """Solve the game that payoffs make.

    Raises
    ------
    ConvergenceError
        A linear programme was not solved.
    """
    game = payoffs.game
    least = least_core(game)
    excess = 0.0 if least.has_core else least.excess
    together = payoffs.together
    return Sharing(
        together=together,
        left_behind=payoffs.left_behind,
        alone=game.alone,
        shapley=shapley(game),
        least=least,
        leaving=blocking(game, together),
        transfer=np.zeros_like(together)
        if in_core(game, together)
        else smallest_transfers(game, together, excess),
    )


def members_table(payoffs: Payoffs, sharing: Sharing, world: World) -> pd.DataFrame:
    """Tabulate the players, one row each.

    Returns
    -------
    pandas.DataFrame
        name, economies, alone_million_usd, together_million_usd, together_percent_of_gdp,
        left_behind_million_usd (others act, it does not), shapley_million_usd,
        nucleolus_million_usd, would_leave, leaves_with, gain_of_leaving_million_usd,
        transfer_million_usd, with_transfer_million_usd.
    """
    game, rows = payoffs.game, []
    excess = excesses(game, sharing.together)
    for place, player in enumerate(payoffs.players):
        gdp = sum(float(world.gdp_million_usd[world.index(code)]) for code in player.iso3)
        mine = [int(number) for number in sharing.leaving if int(number) >> place & 1]
        best = mine[0] if mine else 0
        others = [name for name in names(game, best) if name != player.name]
        rows.append(
            {
                "name": player.name,
                "economies": ", ".join(player.iso3),
                "alone_million_usd": sharing.alone[place],
                "together_million_usd": sharing.together[place],
                "together_percent_of_gdp": PERCENT * sharing.together[place] / gdp,
                "left_behind_million_usd": sharing.left_behind[place],
                "shapley_million_usd": sharing.shapley[place],
                "nucleolus_million_usd": sharing.least.division[place],
                "would_leave": bool(mine),
                "leaves_with": (", ".join(others) or "alone") if mine else "",
                "gain_of_leaving_million_usd": float(excess[best]) if mine else np.nan,
                "transfer_million_usd": sharing.transfer[place],
                "with_transfer_million_usd": sharing.together[place] + sharing.transfer[place],
            }
        )
    return pd.DataFrame(rows)


def coalitions_table(
    payoffs: Payoffs, sharing: Sharing, titles: Sequence[str] = ()
) -> pd.DataFrame:
    """Tabulate the coalitions of two or more, and of one where it is worth something.

    Parameters
    ----------
    payoffs, sharing
        As `coalition_payoffs` and `share_out` give them.
    titles
        Of the works that can be built.

    Returns
    -------
    pandas.DataFrame
        coalition, size, value_million_usd, least_gain_million_usd (of its worst-off member),
        worst_off, players_outside_million_usd, others_million_usd, excess_million_usd (its value
        less what its members get where all act and nobody pays), builds (titles of works, where
        there are any); the most valuable first.
    """
    game = payoffs.game
    inside = members(len(payoffs.players))
    excess = excesses(game, sharing.together)
    rows = []
    for number in np.argsort(-game.worth, kind="stable"):
        coalition = int(number)
        mine = np.flatnonzero(inside[coalition])
        if not len(mine) or (len(mine) == 1 and game.worth[coalition] == 0):
            continue
        gains = payoffs.gain[coalition]
        worst = int(mine[np.argmin(gains[mine])])
        rows.append(
            {
                "coalition": ", ".join(names(game, coalition)),
                "size": len(mine),
                "value_million_usd": float(game.worth[coalition]),
                "least_gain_million_usd": float(gains[worst]),
                "worst_off": payoffs.players[worst].name,
                "players_outside_million_usd": float(gains[~inside[coalition]].sum()),
                "others_million_usd": float(payoffs.outside[coalition]),
                "excess_million_usd": float(excess[coalition]),
                "builds": "; ".join(
                    title
                    for work, title in enumerate(titles)
                    if int(payoffs.built[coalition]) >> work & 1
                ),
            }
        )
    table = pd.DataFrame(rows)
    return table if len(titles) or table.empty else table.drop(columns="builds")


def outsiders_table(payoffs: Payoffs, label: IntArray, world: World) -> pd.DataFrame:
    """Rank the economies outside that feel it most when all players act.

    Returns
    -------
    pandas.DataFrame
        name, iso3, gain_million_usd, gain_percent_of_gdp; the largest in size first.
    """
    outside = np.flatnonzero(label == OUTSIDE)
    order = outside[np.argsort(-np.abs(payoffs.whole[outside]), kind="stable")][:OUTSIDERS_SHOWN]
    return pd.DataFrame(
        {
            "name": [name_of(world.iso3[place]) for place in order],
            "iso3": [world.iso3[place] for place in order],
            "gain_million_usd": payoffs.whole[order],
            "gain_percent_of_gdp": PERCENT * payoffs.whole[order] / world.gdp_million_usd[order],
        }
    )


def next_members_table(
    rules: Rules, payoffs: Payoffs, candidates: Sequence[Player]
) -> pd.DataFrame:
    """Say what each candidate would bring to all players together, and get.

    Parameters
    ----------
    rules, payoffs
        Of the players.
    candidates
        Parties that would sign with all of them; economies of players are left out.

    Returns
    -------
    pandas.DataFrame
        name, members_million_usd (gain of those who are in already), candidate_million_usd,
        worst_member, worst_member_million_usd, all_gain (nobody who is in loses, and the
        candidate gains); the one that brings most to the members first.

    Raises
    ------
    ConvergenceError
        An equilibrium was not found.
    """
    iso3, rows = rules.prepared.iso3, []
    parties = [player.iso3 for player in rules.players]
    before = _by_party(payoffs.whole, iso3, parties)
    for candidate in candidates:
        found = gain_of_signing(rules, [*parties, candidate.iso3], int(payoffs.built[-1]))
        change = _by_party(found, iso3, parties) - before
        now = _by_party(found, iso3, [candidate.iso3])[0]
        worst = int(np.argmin(change))
        rows.append(
            {
                "name": candidate.name,
                "members_million_usd": float(change.sum()),
                "candidate_million_usd": float(now),
                "worst_member": rules.players[worst].name,
                "worst_member_million_usd": float(change[worst]),
                "all_gain": bool(change[worst] > -NIL_MILLION_USD and now >= NIL_MILLION_USD),
            }
        )
    table = pd.DataFrame(rows)
    return table.sort_values("members_million_usd", ascending=False, kind="stable").reset_index(
        drop=True
    )


def _by_party(
    gains: FloatArray, iso3: tuple[str, ...], parties: Sequence[tuple[str, ...]]
) -> FloatArray:
    place = {code: position for position, code in enumerate(iso3)}
    return np.array([gains[[place[code] for code in codes]].sum() for codes in parties])


def best_pair(game: Game) -> int:
    """Find the pair of players that is worth most, as a coalition."""
    pairs = [number for number in range(len(game.worth)) if number.bit_count() == 2]  # noqa: PLR2004
    return max(pairs, key=lambda number: game.worth[number])


def widening_table(payoffs: Payoffs, first: int) -> pd.DataFrame:
    """Say what a first agreement does to the wish for one among all players.

    A regional agreement is a stumbling block where it turns an economy that would have wanted the
    wider agreement against it, and a building block where it wins one over (Bhagwati 1991, The
    World Trading System at Risk; Krishna 1998, Quarterly Journal of Economics 113: members that
    would lose by widening block it). Those left out may want in the more, the more the first
    agreement costs them (Baldwin 1995, A domino theory of regionalism).

    Parameters
    ----------
    payoffs
        Of every coalition.
    first
        The coalition that signs first.

    Returns
    -------
    pandas.DataFrame
        name, in_first, first_million_usd (its payoff under the first agreement), without_first and
        with_first (_million_usd: its gain of going on to all from nothing, and from the first
        agreement), reading.
    """
    rows = []
    for place, player in enumerate(payoffs.players):
        now = float(payoffs.gain[first, place])
        without = float(payoffs.together[place] - payoffs.gain[0, place])
        after = float(payoffs.together[place]) - now
        rows.append(
            {
                "name": player.name,
                "in_first": bool(first >> place & 1),
                "first_million_usd": now,
                "without_first_million_usd": without,
                "with_first_million_usd": after,
                "reading": _reading(without, after),
            }
        )
    return pd.DataFrame(rows)


def _reading(without: float, after: float) -> str:
    """Read two gains, million USD a year; what is about nil turns nobody."""
    if without >= NIL_MILLION_USD and after <= -NIL_MILLION_USD:
        return TURNED
    if without < NIL_MILLION_USD <= after:
        return WON if after - without >= NIL_MILLION_USD else SAME
    if abs(after - without) < NIL_MILLION_USD:
        return SAME
    return KEENER if after > without else COOLER


def players_as_candidates(world: World, players: Sequence[Player]) -> tuple[Player, ...]:
    """List every economy of the world that is no player's."""
    taken = {code for player in players for code in player.iso3}
    return tuple(Player(name_of(code), (code,)) for code in world.iso3 if code not in taken)
