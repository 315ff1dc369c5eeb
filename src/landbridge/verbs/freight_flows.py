"""What carries the world's goods: modes, ports and ways by class of cargo."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from landbridge.basis import Basis
from landbridge.errors import InputError
from landbridge.report.pages.carriage import present_carriage
from landbridge.results import Result
from landbridge.studies.carriage.answer import (
    AT_TODAYS_TRADE,
    NO_LIMITS,
    SECTORS_IMPUTED,
    CarriageAnswer,
    Constants,
    Within,
    carriage_sentences,
    find_carriage,
)
from landbridge.studies.carriage.emissions import (
    BASIS,
    beside_published,
    carbon_sentences,
    carbon_table,
)
from landbridge.studies.carriage.stranded import (
    LIMITED,
    STAYS,
    full_places,
    stranded_sentences,
    stranded_table,
)
from landbridge.studies.chain.networks import notes_on
from landbridge.studies.contract import Study, certificate_of, provenance_of
from landbridge.tasks import Progress, no_progress
from landbridge.verbs.asking.asked import economy_of, listed
from landbridge.verbs.asking.networks import ask_networks
from landbridge.verbs.asking.scenarios import ScenarioLike


def freight_flows(
    basis: Basis,
    scenario: ScenarioLike | None = None,
    *,
    between: str | Sequence[str] = (),
    close: Sequence[str] = (),
    build: Sequence[str] = (),
    month: int | None = None,
    constants: Constants = "fitted",
    within: Within = "no limits",
    progress: Progress = no_progress,
) -> Result[CarriageAnswer]:
    """Put the world's goods on modes, ports, crossings and links by class of cargo.

    Shippers of one pair differ: each class of cargo splits over the modes that can take it and
    over pairs of ports by a nested logit (`freight.carriage.shares`). With a scenario, or with
    something shut or built, the same goods go over the changed network as well.

    Parameters
    ----------
    basis
        World and network.
    scenario
        Flows before and after its measures on the network.
    between
        Economies, codes or names: adds the modes of the trade among them, or of one with all.
    close, build
        Links, crossings, ports or passages to shut, and projects of the register to build.
    month
        Month for which the scenario's seasons are read.
    constants
        ``fitted`` to observed figures, or ``none``: cost and felt time alone.
    within
        ``capacity``: after the change ports and crossings take no more than they can, and what
        cannot go is stranded (tables ``stranded`` and ``full_places``).
    progress
        Told how far the work is.

    Returns
    -------
    Result
        Tables ``elements`` (summed), ``elements_by_cargo``, ``mode_split``, ``emissions``,
        ``emissions_published`` and, where asked for, ``mode_split_pairs`` and ``emissions_pairs``.
        Million tonnes, million USD, million TEU, billion tonne-km and million tonnes of CO2e a
        year.

    Raises
    ------
    InputError
        An economy is not in the world, or a name is not known; or nothing is changed, and limits
        are asked for.
    ConvergenceError
        Too much stays above the limits.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().freight_flows(between=["CHN", "PAK"])  # doctest: +SKIP
    >>> found.tables["mode_split_pairs"]  # doctest: +SKIP
    """
    asked = ask_networks(basis, scenario, month=month, close=close, build=build)
    economies = [economy_of(basis, name, where="between") for name in listed(between)]
    changed = asked.after if asked.what else None
    if changed is None and within == "capacity":
        raise InputError(
            "limits are those of today's flows: without a change nothing is full.",
            where="capacity",
            mend="Name a scenario, or something to close or build.",
        )
    found = find_carriage(
        asked.basis,
        asked.basis.network,
        changed,
        constants=constants,
        within=within,
        progress=progress,
    )
    stranded = _stranded(found)
    carbon = carbon_table(found.goods.cargo, (found.after or found.before).footprints)
    effects = asked.effects()
    tables = {
        "elements": found.totals(),
        "mode_split": found.mode_split(),
        **({"mode_split_pairs": found.pairs(economies)} if economies else {}),
        "emissions": found.emissions(),
        **({"emissions_pairs": found.emissions_of_pairs(economies)} if economies else {}),
        **({"carbon_revenue": carbon} if len(carbon) else {}),
        "emissions_published": beside_published(found.emissions()),
        **stranded,
        "elements_by_cargo": found.elements(),
        **effects.tables(),
    }
    study = Study(
        kind="freight_flows",
        name="freight-flows",
        title=f"What carries the world's goods: {asked.what}"
        if asked.what
        else "What carries the world's goods",
        headline=(
            *effects.warnings,
            *(stranded_sentences(*stranded.values()) if stranded else ()),
            *carriage_sentences(found, of=asked.what),
            *carbon_sentences(carbon),
        ),
        tables=tables,
        notes=(
            AT_TODAYS_TRADE,
            *((LIMITED, STAYS) if stranded else (NO_LIMITS,)),
            BASIS,
            SECTORS_IMPUTED,
            *(note for one in asked.scenarios for note in one.told_beside),
            *_left_out(found),
            *effects.notes,
            *notes_on(asked.basis),
        ),
        certificate=certificate_of(found.checks()),
        provenance=provenance_of(basis, *asked.scenarios),
        found=found,
    )
    return Result(study, present_carriage)


def _stranded(found: CarriageAnswer) -> dict[str, pd.DataFrame]:
    """Make the tables of what cannot go and where it is full; none without limits."""
    if found.after is None or found.after.limited is None:
        return {}
    before, after = found.before.carried, found.after.carried
    return {
        "stranded": stranded_table(found.goods.iso3, found.goods.cargo, before, after),
        "full_places": full_places(found.after.network, found.after.limited),
    }


def _left_out(found: CarriageAnswer) -> list[str]:
    """Say what is not on the network."""
    told = []
    if found.goods.not_carried > 0:
        told.append(
            f"{found.goods.not_carried / 1000:,.0f} billion USD of goods are of sectors that "
            "nothing carries (electricity)."
        )
    unmoved = found.unmoved_million_usd()
    if unmoved >= 1:
        told.append(f"{unmoved:,.0f} million USD of goods find no way on today's network.")
    return told
