"""What every coalition is worth, by the equilibrium: who signs, who builds, who stands aside.

Players are economies or blocs. A coalition acts and everybody else does nothing: its members sign
an agreement among themselves, build those works that are worth most to them together, or both. The
payoff of a player is the gain of real income of its economies (equivalent variation of a full year)
less its part of the yearly cost of what is built; players outside a coalition have payoffs too
(externalities). The value of a coalition is the sum of its members' payoffs. That the rest does
nothing once a coalition forms or leaves is the gamma rule of Hart and Kurz (1983).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from landbridge.atlas.standing import AgreementDepth
from landbridge.equilibrium.baseline import Baseline
from landbridge.equilibrium.one_sector import prepare, solve_prepared
from landbridge.equilibrium.results import Equilibrium
from landbridge.errors import ConvergenceError
from landbridge.scenarios.policy import Policy, no_policy
from landbridge.scenarios.schema import DEFAULT_PARTS, AgreementPart, Closure
from landbridge.scenarios.trade_costs import (
    TradeChange,
    agreement_effects,
    only_goods,
    residual_effect,
    tariff_values,
)
from landbridge.scenarios.values.duties import Duties, Free
from landbridge.scenarios.values.pair_costs import no_tariffs
from landbridge.studies.chain.outcomes import spending_over_gdp
from landbridge.studies.coalition.games import MOST_PLAYERS, Game, members
from landbridge.tasks import Progress, no_progress, run_tasks
from landbridge.units import BoolArray, FloatArray, IntArray
from landbridge.world.base import World

OUTSIDE: Final = -1
"""Label of an economy that is no player."""
Key: TypeAlias = tuple[int, bytes]
"""What is built, and who signs with whom."""
CHUNK: Final = 64
"""Coalitions a task; fixed, so that answers do not depend on the number of processes."""


@dataclass(frozen=True)
class Player:
    """One who can take part: an economy, or a bloc that acts as one.

    Attributes
    ----------
    name
        What a reader sees.
    iso3
        Its economies.
    """

    name: str
    iso3: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Works:
    """What a coalition can build, and what that does to freight.

    Attributes
    ----------
    titles
        Of W works.
    needs
        ``[W, P]`` True where a player must take part.
    yearly_cost
        ``[W, P]`` million USD a year that falls on each player.
    goods_factor
        By the set of works built (bit k: work k): ``[N, N]`` change of the freeness of goods
        trade that freight brings. A set that is absent cannot be built.
    """

    titles: tuple[str, ...]
    needs: BoolArray
    yearly_cost: FloatArray
    goods_factor: Mapping[int, FloatArray]

    def choices(self, inside: BoolArray) -> tuple[int, ...]:
        """List the sets of works that a coalition can build, as numbers; nothing comes first."""
        possible = ~(self.needs & ~inside).any(axis=1)
        most = sum(1 << int(work) for work in np.flatnonzero(possible))
        return (0, *(built for built in sorted(self.goods_factor) if built & most == built))

    def cost(self, built: int) -> FloatArray:
        """Compute what a set of works costs each player, ``[P]`` million USD a year."""
        chosen = np.array([built >> work & 1 for work in range(len(self.titles))], dtype=float)
        return np.asarray(chosen @ self.yearly_cost)


@dataclass(frozen=True, eq=False)
class Deal:
    """What an agreement would do between each two economies.

    Attributes
    ----------
    goods_factor
        ``[N, N]`` change of the freeness of goods trade but for tariffs.
    duties
        Tariffs on goods before and after; None where the world has none.
    """

    goods_factor: FloatArray
    duties: Duties | None

    @cached_property
    def moves(self) -> BoolArray:
        """Pairs for which it changes anything, ``[N, N]``."""
        moved = self.goods_factor != 1.0
        if self.duties is not None:
            moved = moved | (self.duties.before != self.duties.after)
        return np.asarray(moved)

    def signed_duties(self, signed: BoolArray) -> Duties | None:
        """Let those who sign charge the tariffs after, the others those before."""
        if self.duties is None:
            return None
        before, after = self.duties.before, self.duties.after
        return Duties(before, np.where(signed, after, before))


@dataclass(frozen=True, eq=False)
class Rules:
    """Everything that a coalition's payoffs are computed from; made once for all coalitions.

    Attributes
    ----------
    players
        P players.
    label
        ``[N]`` player of each economy, or `OUTSIDE`.
    prepared
        The baseline of the equilibrium.
    goods_share
        ``[N, N]`` goods part of each flow.
    spending
        ``[N]`` what welfare is measured against, million USD (`spending_over_gdp`).
    deal
        What signing adds to what binds a pair already.
    works
        What can be built; None for an agreement alone.
    """

    players: tuple[Player, ...]
    label: IntArray
    prepared: Baseline
    goods_share: FloatArray
    spending: FloatArray
    deal: Deal
    works: Works | None = None


@dataclass(frozen=True, eq=False)
class Payoffs:
    """What every player gets under every coalition.

    Attributes
    ----------
    players
        P players.
    gain
        ``[2 ** P, P]`` million USD a year by coalition and player, members or not.
    outside
        ``[2 ** P]`` gain of all other economies together.
    whole
        ``[N]`` gain of every economy when all players act together, before costs.
    built
        ``[2 ** P]`` the set of works that each coalition builds: the one that is worth most to
        its members together.
    solved
        Equilibria that were solved; coalitions that change the same thing share one.
    certificate
        Checks over all of them: check, value (the largest), limit, unit, passed.
    """

    players: tuple[Player, ...]
    gain: FloatArray
    outside: FloatArray
    whole: FloatArray
    built: IntArray
    solved: int
    certificate: pd.DataFrame = field(repr=False)

    @property
    def game(self) -> Game:
        """The value of every coalition: the sum of its members' payoffs."""
        inside = members(len(self.players))
        values = (self.gain * inside).sum(axis=1)
        return Game(tuple(player.name for player in self.players), values)

    @property
    def together(self) -> FloatArray:
        """Payoffs when all act together, ``[P]``, without side payments."""
        return np.asarray(self.gain[-1])

    @property
    def left_behind(self) -> FloatArray:
        """Payoff of each player when all others act without it, ``[P]``."""
        count = len(self.players)
        return np.array([self.gain[2**count - 1 - (1 << place), place] for place in range(count)])


def make_rules(  # noqa: PLR0913 - world, deal and works, each by name
    world: World,
    players: Sequence[Player],
    *,
    standing: IntArray,
    depth: AgreementDepth | None,
    values: Mapping[str, float],
    theta: float,
    closure: Closure = "purged",
    works: Works | None = None,
    parts: frozenset[AgreementPart] = DEFAULT_PARTS,
) -> Rules:
    """Prepare the baseline and the deal, once for all coalitions.

    Parameters
    ----------
    world
        The baseline.
    players
        Who can take part; every economy belongs to one player at most and is in the world.
    standing
        From `standing.standing_depths`.
    depth
        Of the agreement; None for none.
    values
        Every parameter by name.
    theta, closure
        Trade elasticity, and how imbalances are treated.
    works
        What can be built.
    parts
        Which parts of what an agreement does count.
    """
    if not 1 <= len(players) <= MOST_PLAYERS:
        raise ValueError(f"{len(players)} players")
    label = np.full(len(world.iso3), OUTSIDE, dtype=np.int64)
    for place, player in enumerate(players):
        label[[world.index(code) for code in player.iso3]] = place
    deal = _deal(world, standing, values, theta, _signed(world.iso3, depth, parts))
    prepared = prepare(
        world.flows,
        theta=theta,
        closure=closure,
        iso3=world.iso3,
        # Tariffs as agreements of the day leave them: those that signing starts from.
        duties=None if deal.duties is None else world.goods_share * deal.duties.before,
    )
    return Rules(
        players=tuple(players),
        label=label,
        prepared=prepared,
        goods_share=world.goods_share,
        spending=spending_over_gdp(prepared, world) * world.gdp_million_usd,
        deal=deal,
        works=works,
    )


def _signed(
    iso3: tuple[str, ...], depth: AgreementDepth | None, parts: frozenset[AgreementPart]
) -> Policy:
    """Sign an agreement between everybody; who does is chosen coalition by coalition."""
    policy = replace(no_policy(iso3), parts=frozenset(parts))
    if depth is None:
        return policy
    everybody = ~np.eye(len(iso3), dtype=bool)
    free = Free("", (), everybody, depth, duty_free=None, name="", is_new=False)
    return replace(policy, tariff_edits=(free,))


def _deal(
    world: World,
    standing: IntArray,
    values: Mapping[str, float],
    theta: float,
    policy: Policy,
) -> Deal:
    """Work out what signing does between each two economies, as a run of the agreement has it."""
    held = replace(world.tariffs or no_tariffs(world.iso3), standing=standing)
    costs = policy.costs(agreement_effects(values), {}, tariffs=held, values=tariff_values(values))
    residual = residual_effect(costs.goods_log_effect, costs.relief, theta)
    return Deal(
        goods_factor=np.asarray(costs.goods_tau_hat**-theta * np.exp(residual)),
        duties=None if world.tariffs is None else costs.duties,
    )


def coalition_payoffs(rules: Rules, *, jobs: int = 1, progress: Progress = no_progress) -> Payoffs:
    """Solve the equilibrium of every coalition.

    Parameters
    ----------
    rules
        From `make_rules`.
    jobs, progress
        As in `draws.tasks.run_tasks`; answers do not depend on them.

    Raises
    ------
    ConvergenceError
        An equilibrium was not found or does not pass its certificate: no coalition is left out.
    """
    count = len(rules.players)
    deals = _deals(rules)
    asked = [
        [(_key(rules, deals, number, built), built) for built in _choices(rules, number)]
        for number in range(2**count)
    ]
    first: dict[Key, tuple[int, int]] = {}
    for number, options in enumerate(asked):
        for key, built in options:
            first.setdefault(key, (number, built))
    # What nobody does changes nothing, and needs no equilibrium.
    nothing = asked[0][0][0]
    distinct = [key for key in first if key != nothing]
    tasks = [first[key] for key in distinct]
    chunks = [tuple(tasks[at : at + CHUNK]) for at in range(0, len(tasks), CHUNK)]
    answers = run_tasks(
        partial(_solve_chunk, rules), chunks, jobs=jobs, progress=progress, what="Coalitions"
    )
    found = dict(zip(distinct, (one for answer in answers for one in answer), strict=True))
    by_key = {key: one[0] for key, one in found.items()} | {nothing: np.zeros(len(rules.label))}
    return _chosen(rules, asked, by_key, np.array([one[1] for one in found.values()]))


def _chosen(
    rules: Rules,
    asked: list[list[tuple[Key, int]]],
    by_key: Mapping[Key, FloatArray],
    checks: FloatArray,
) -> Payoffs:
    """Let every coalition choose the works that are worth most to its members together."""
    inside = members(len(rules.players))
    gains, economies, chosen = [], [], []
    for number, options in enumerate(asked):
        here = np.stack([by_key[key] for key, _ in options])
        nets = _by_player(rules, here) - np.stack([_cost(rules, built) for _, built in options])
        best = int(np.argmax(nets @ inside[number]))
        gains.append(nets[best])
        economies.append(here[best])
        chosen.append(options[best][1])
    outside = rules.label == OUTSIDE
    return Payoffs(
        players=rules.players,
        gain=np.stack(gains),
        outside=np.stack(economies)[:, outside].sum(axis=1),
        whole=economies[-1],
        built=np.array(chosen, dtype=np.int64),
        solved=len(checks),
        certificate=_certificate(rules, checks),
    )


def gain_of(rules: Rules, coalition: int, built: int = 0) -> FloatArray:
    """Solve one coalition: gain of every economy before costs, ``[N]`` million USD a year."""
    return _money(rules, _solve(rules, change_of(rules, coalition, built)))


def gain_of_signing(rules: Rules, inside: Sequence[tuple[str, ...]], built: int = 0) -> FloatArray:
    """Compute the gains where these parties sign, whoever plays, ``[N]`` million USD.

    Parameters
    ----------
    rules
        What binds pairs already, and how deep the agreement goes.
    inside
        The economies of each party.
    built
        The set of works that stand.
    """
    label = np.full(len(rules.label), OUTSIDE, dtype=np.int64)
    for place, codes in enumerate(inside):
        label[[rules.prepared.iso3.index(code) for code in codes]] = place
    everyone = np.ones(len(inside), dtype=bool)
    return _money(rules, _solve(rules, _change(rules, label, everyone, built)))


def change_of(rules: Rules, coalition: int, built: int = 0) -> TradeChange:
    """Compute the change of freeness and of tariffs that a coalition brings."""
    return _change(rules, rules.label, _inside(rules, coalition), built)


def _change(rules: Rules, label: IntArray, inside: BoolArray, built: int) -> TradeChange:
    # The extra entry is read by the label of those outside: they never sign.
    signs = np.append(inside, False)[label]
    signed = signs[:, None] & signs & (label[:, None] != label)
    goods = np.where(signed, rules.deal.goods_factor, 1.0)
    if built and rules.works is not None:
        goods = goods * rules.works.goods_factor[built]
    shock = only_goods(rules.prepared.iso3, goods, rules.deal.signed_duties(signed))
    return shock.change(rules.prepared.theta, rules.goods_share)


def _inside(rules: Rules, coalition: int) -> BoolArray:
    count = len(rules.players)
    return np.array([coalition >> place & 1 for place in range(count)], dtype=bool)


def _choices(rules: Rules, coalition: int) -> tuple[int, ...]:
    return (0,) if rules.works is None else rules.works.choices(_inside(rules, coalition))


def _key(rules: Rules, deals: BoolArray, coalition: int, built: int) -> Key:
    """Say what a coalition changes: coalitions with the same key share one equilibrium."""
    inside = _inside(rules, coalition)
    return built, np.packbits(deals & inside[:, None] & inside).tobytes()


def _deals(rules: Rules) -> BoolArray:
    """Say which pairs of players have anything to sign, ``[P, P]``."""
    count = len(rules.players)
    place = [np.flatnonzero(rules.label == player) for player in range(count)]
    return np.array(
        [
            [one != other and bool(rules.deal.moves[np.ix_(place[one], place[other])].any())
             for other in range(count)]
            for one in range(count)
        ]
    )  # fmt: skip


def _solve_chunk(
    rules: Rules, chunk: tuple[tuple[int, int], ...]
) -> list[tuple[FloatArray, FloatArray]]:
    found = []
    for coalition, built in chunk:
        solved = _solve(rules, change_of(rules, coalition, built))
        found.append((_money(rules, solved), _checks(solved)))
    return found


def _solve(rules: Rules, change: TradeChange) -> Equilibrium:
    solved = solve_prepared(rules.prepared, change.freeness_hat, duties_after=change.duties_after)
    if not solved.certificate.passed:
        raise ConvergenceError(
            "the equilibrium of a coalition does not pass its checks",
            residual=solved.certificate.residual,
            iterations=solved.certificate.newton_steps,
        )
    return solved


def _money(rules: Rules, solved: Equilibrium) -> FloatArray:
    return np.asarray((solved.welfare_hat - 1.0) * rules.spending)


def _checks(solved: Equilibrium) -> FloatArray:
    return np.asarray(solved.certificate.table()["value"].to_numpy(dtype=np.float64))


def _by_player(rules: Rules, by_economy: FloatArray) -> FloatArray:
    count = len(rules.players)
    owned = rules.label[:, None] == np.arange(count)
    return np.asarray(by_economy @ owned)


def _cost(rules: Rules, built: int) -> FloatArray:
    """Compute what a set of works costs each player, ``[P]`` million USD a year."""
    return np.zeros(len(rules.players)) if rules.works is None else rules.works.cost(built)


def _certificate(rules: Rules, checks: FloatArray) -> pd.DataFrame:
    """Find the largest value of each check; the baseline's own stand among them."""
    here = solve_prepared(rules.prepared, np.ones_like(rules.goods_share)).certificate.table()
    own = here["value"].to_numpy(dtype=np.float64)
    here["value"] = np.max([own, *checks], axis=0)
    here["passed"] = here["value"] <= here["limit"]
    return here
