"""Bridge published studies to this world: what part of a difference is what."""

from __future__ import annotations

from functools import partial

from landbridge.basis import Basis
from landbridge.report.pages.bridge import present_bridge
from landbridge.results import Result
from landbridge.studies.bridge.reading import read_study
from landbridge.studies.bridge.study import BridgeFound, study_bridge
from landbridge.studies.bridge.words import headline
from landbridge.studies.chain.networks import notes_on
from landbridge.studies.contract import Study, provenance_of
from landbridge.tasks import Progress, no_progress, single_threaded


def bridge(
    basis: Basis, study: str | None = None, *, progress: Progress = no_progress
) -> Result[BridgeFound]:
    """Put the shocks of published studies to this world, and change one thing at a time.

    From the setting of the study (its shock, elasticities, sectors, inputs, revenue) a row of steps
    leads to what a run of this world answers. Each step changes one thing, so the parts add up to
    the difference exactly. What a solution in the study's own setting misses of the published
    figure is called not explained: data, other economies, method.

    Parameters
    ----------
    study
        One that ships, such as ``nafta``; all of them where absent.
    progress
        Told how far the work is.

    Returns
    -------
    Result
        Tables ``bridge_summary``, ``bridge_parts``, ``bridge_steps``, ``bridge_apart`` and
        ``bridge_facts``, and a chart.

    Raises
    ------
    UnknownNameError
        No such study ships.
    InputError
        The world lacks economies that the study is about.
    ConvergenceError
        An equilibrium was not found.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().bridge("us-china")
    >>> list(found.tables["bridge_summary"]["economies"])
    ['United States']
    """
    names = () if study is None else (study,)
    found = single_threaded(partial(study_bridge, names=names, progress=progress), basis)
    title = "From published studies to this world" if study is None else read_study(study).title
    return Result(
        Study(
            kind="bridge",
            name="bridge",
            title=title,
            headline=headline(found),
            tables={
                "bridge_summary": found.summary,
                "bridge_parts": found.parts,
                "bridge_steps": found.steps,
                "bridge_apart": found.apart,
                "bridge_facts": found.facts,
                "bridge_certificate": found.certificate,
            },
            notes=(*found.notes, *notes_on(basis)),
            certificate=found.certificate,
            provenance=provenance_of(basis),
            found=found,
        ),
        present_bridge,
    )
