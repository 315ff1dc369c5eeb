"""What a study of coalitions found, in sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from landbridge.draws.noise import NIL_MILLION_USD
from landbridge.formats import money, probability
from landbridge.studies.coalition.games import is_convex, names
from landbridge.studies.coalition.study import CoalitionStudy
from landbridge.studies.coalition.tables import TURNED, WON


def title_of(study: CoalitionStudy) -> str:
    """Name a study by what is agreed on or built, and by whom."""
    question = study.question
    named = ", ".join(player.name for player in question.players)
    if question.project is None:
        return f"An agreement among {named}"
    return f"{question.project.scenario.title}: {named}"


def verdict(study: CoalitionStudy) -> tuple[str, ...]:
    """Say what all together are worth, whether that holds, what would hold it, and who is next."""
    told = [_worth(study), _core(study), _leaving(study), *_behind(study)]
    told += [*_widening(study), *_next(study), *_draws(study)]
    return tuple(told)


def _worth(study: CoalitionStudy) -> str:
    whole = study.payoffs.game.whole
    outside = float(study.payoffs.outside[-1])
    losers = [
        player.name
        for player, gain in zip(study.payoffs.players, study.sharing.together, strict=True)
        if gain <= -NIL_MILLION_USD
    ]
    told = f"All together gain {money(whole, sign=True)} a year; the rest of the world "
    told += f"{money(outside, sign=True)}."
    works = study.tables.get("coalition_works")
    if works is not None:
        built = [
            str(title)
            for place, title in enumerate(works["title"])
            if int(study.payoffs.built[-1]) >> place & 1
        ]
        told = f"All together would build {'; '.join(built) or 'nothing'}. {told}"
    if losers:
        told += f" Without side payments {_and(losers)} would lose."
    return told


def _core(study: CoalitionStudy) -> str:
    least, game = study.sharing.least, study.payoffs.game
    if not least.has_core:
        return (
            "The core is empty: however the gain is shared, some members do better on their own. "
            f"At best the strongest reason to leave is {money(least.excess)} a year."
        )
    told = "The core is not empty: the gain can be shared so that no group of members does better"
    told += " on its own."
    if is_convex(game):
        told += " The larger the group, the more a new member adds, so that the Shapley values are"
        told += " such a division."
    return told


def _leaving(study: CoalitionStudy) -> str:
    game, sharing = study.payoffs.game, study.sharing
    if sharing.holds:
        return "Nobody would leave: it holds without side payments."
    best = int(sharing.leaving[0])
    gain = float(game.worth[best] - sharing.together @ _inside(study, best))
    group = _and(names(game, best))
    if gain < NIL_MILLION_USD:
        return (
            "Without side payments it holds but for about nil: nobody would do "
            f"{money(NIL_MILLION_USD)} a year better on their own."
        )
    verb = "would do" if best.bit_count() > 1 else "alone would do"
    told = f"Without side payments {group} {verb} {money(gain)} a year better on their own"
    more = len(sharing.leaving) - 1
    told += f", and {more} other groups would leave as well. " if more else ". "
    paid = -float(sharing.transfer[sharing.transfer < 0].sum())
    givers = [p.name for p, t in zip(study.payoffs.players, sharing.transfer, strict=True) if t < 0]
    takers = [p.name for p, t in zip(study.payoffs.players, sharing.transfer, strict=True) if t > 0]
    if not givers:
        return told + "No side payments would change that."
    held = "hold all" if sharing.least.has_core else "come closest to holding all"
    return told + (
        f"Side payments of {money(paid)} a year from {_and(givers)} to {_and(takers)} {held}."
    )


def _behind(study: CoalitionStudy) -> list[str]:
    sharing = study.sharing
    gap = sharing.together - sharing.left_behind
    free = [
        player.name
        for player, more in zip(study.payoffs.players, gap, strict=True)
        if more <= -NIL_MILLION_USD
    ]
    if free:
        return [f"{_and(free)} would rather stay outside while the others go on."]
    hurt = [
        player.name
        for player, left in zip(study.payoffs.players, sharing.left_behind, strict=True)
        if left <= -NIL_MILLION_USD
    ]
    if not hurt:
        return []
    told = "Everybody" if len(hurt) == len(gap) else _and(hurt)
    return [f"{told} would lose by standing outside while the others go on."]


def _widening(study: CoalitionStudy) -> list[str]:
    table = study.tables.get("coalition_widening")
    if table is None:
        return []
    first = _and(study.first)
    turned, won = (list(table.loc[table["reading"] == word, "name"]) for word in (TURNED, WON))
    told = f"A first agreement among {first} "
    if turned:
        told += f"is a stumbling block: {_and(turned)} would then lose by widening it to all."
    elif won:
        told += f"is a building block: {_and(won)} would then gain by widening it to all, and "
        told += "would not without it."
    else:
        inside, outside = table[table["in_first"]], table[~table["in_first"]]
        told += "turns nobody for or against one among all: of the gain from that, "
        told += f"{_kept(inside)} is left for those inside it, {_kept(outside)} for the others."
    return [told]


def _kept(rows: pd.DataFrame) -> str:
    before = float(rows["without_first_million_usd"].sum())
    after = float(rows["with_first_million_usd"].sum())
    return f"{money(after)} of {money(before)}"


def _next(study: CoalitionStudy) -> list[str]:
    table = study.tables.get("coalition_next")
    if table is None or table.empty:
        return []
    agreed = table[table["all_gain"]]
    best = table.iloc[0]
    told = (
        f"The next member that brings the members most is {best['name']} "
        f"({money(float(best['members_million_usd']), sign=True)} a year; it would gain "
        f"{money(float(best['candidate_million_usd']), sign=True)})"
    )
    if bool(best["all_gain"]):
        return [f"{told}; every member gains."]
    told += f", but {best['worst_member']} would lose."
    if agreed.empty:
        return [f"{told} No candidate would leave every member better off."]
    name = agreed.iloc[0]
    gain = money(float(name["members_million_usd"]), sign=True)
    return [f"{told} Best of those that leave no member worse off: {name['name']} ({gain})."]


def _draws(study: CoalitionStudy) -> list[str]:
    if not study.draws:
        return []
    core, holds = probability(study.core_probability), probability(study.holds_probability)
    told = f"In {core} of {study.draws} draws the core is not empty; in {holds} it holds without "
    return [told + "side payments."]


def _inside(study: CoalitionStudy, coalition: int) -> np.ndarray:
    return np.array([coalition >> place & 1 for place in range(len(study.payoffs.players))])


def _and(words: tuple[str, ...] | list[str]) -> str:
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
