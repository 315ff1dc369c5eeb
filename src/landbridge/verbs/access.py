"""Access of landlocked economies to the sea, by port, and to markets."""

from __future__ import annotations

from collections.abc import Sequence

from landbridge import codes
from landbridge.basis import Basis
from landbridge.draws.defaults import DEFAULT_SEED, FEWER_DRAWS
from landbridge.report.pages.access import present_access
from landbridge.results import Result
from landbridge.studies.access.answer import DIRECTIONS, MODEL, AccessAnswer, access_sentences
from landbridge.studies.access.overview import access_overview
from landbridge.studies.access.study import DrawOptions, access_of, check_landlocked
from landbridge.studies.chain.networks import notes_on, own_row_tables
from landbridge.studies.contract import Study, provenance_of
from landbridge.tasks import Progress, no_progress
from landbridge.verbs.asking.networks import Networks, ask_networks
from landbridge.verbs.asking.scenarios import ScenarioLike


def access(
    basis: Basis,
    economy: str = "",
    *,
    scenario: ScenarioLike | None = None,
    close: Sequence[str] = (),
    build: Sequence[str] = (),
    month: int | None = None,
    draws: int = FEWER_DRAWS,
    seed: int = DEFAULT_SEED,
    jobs: int = 0,
    progress: Progress = no_progress,
) -> Result[AccessAnswer]:
    """Compute time, money and cost to the sea by port, the share each port would win, and markets.

    Parameters
    ----------
    basis
        World, network and parameters.
    economy
        A landlocked economy, code or name; empty for all of them, without bands.
    scenario
        Compare with the network of this scenario.
    close
        Shut a crossing, link, port, passage or border (``AFG-PAK``) in the network to compare with.
    build
        Build projects of the register there.
    month
        Month for which the scenario's seasons are read.
    draws
        Draws for the bands of today's network, of one economy; 0 for none.
    seed
        The same seed gives the same numbers.
    jobs
        Processes; 0 for one a core.
    progress
        Told how far the work is.

    Returns
    -------
    Result
        Tables ``ports`` and ``markets``, and a map; of all economies ``access_economies``.

    Raises
    ------
    InputError
        The economy has a coast or is not in the world; a name is not known.
    NoRouteError
        No port can be reached over land.
    ConvergenceError
        Market access or an equilibrium was not found.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().access("UZB", draws=0)
    >>> found.tables["ports"]["share_percent"].is_monotonic_decreasing
    True
    """
    iso3 = codes.resolve(economy) if economy else ""
    if iso3:
        check_landlocked(basis.world, iso3)
    asked = ask_networks(basis, scenario, month=month, close=close, build=build)
    after = asked.after if asked.what else None
    if iso3:
        bands = DrawOptions(draws, seed, jobs, progress)
        one = access_of(asked.basis, iso3, after=after, bands=bands)
        answer = AccessAnswer(asked.basis, after, asked.what, access=one)
        return _result(basis, asked, answer, draws=draws, seed=seed)
    every = access_overview(asked.basis, after=after, progress=progress)
    answer = AccessAnswer(asked.basis, after, asked.what, overview=every)
    return _result(basis, asked, answer, draws=0, seed=seed)


def _result(
    basis: Basis, asked: Networks, answer: AccessAnswer, *, draws: int, seed: int
) -> Result[AccessAnswer]:
    effects = asked.effects("least")
    study = Study(
        kind="access",
        name="access",
        title=f"{answer.whose}: ways to the sea" + (f", with {asked.what}" if asked.what else ""),
        headline=(*effects.warnings, *access_sentences(answer)),
        tables={**answer.tables(), **effects.tables(), **own_row_tables(asked.basis)},
        notes=(DIRECTIONS, MODEL, *effects.notes, *notes_on(asked.basis)),
        certificate=answer.certificate,
        provenance=provenance_of(basis, *asked.scenarios, draws=draws, seed=seed),
        found=answer,
    )
    return Result(study, present_access)
