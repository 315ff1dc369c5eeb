"""List the scenarios that ship."""

from __future__ import annotations

import pandas as pd

from landbridge.basis import Basis
from landbridge.report.pages.catalogue import present_catalogue
from landbridge.results import Result
from landbridge.scenarios.reading import catalogue_names, find_scenario, read_scenario
from landbridge.scenarios.schema import Scenario
from landbridge.studies.contract import Study, provenance_of
from landbridge.verbs.asking.asked import lacked, parties_of

CHECKS = ("check", "value", "limit", "unit", "passed")


def scenarios(basis: Basis) -> Result[tuple[Scenario, ...]]:
    """List the scenarios that ship with Landbridge, and how far a world covers them.

    Parameters
    ----------
    basis
        Whose world they are held against.

    Returns
    -------
    Result
        ``scenarios`` has one row a scenario: name, title, measures, summary, not_covered (number of
        economies that it names and a world of your own does not have).

    Examples
    --------
    >>> import landbridge as lb
    >>> "n-cpec-plus" in set(lb.load().scenarios().tables["scenarios"]["name"])
    True
    """
    return _listed(basis)


def shipped_scenarios() -> Result[tuple[Scenario, ...]]:
    """List the scenarios as `scenarios` does on what ships, and load nothing for it."""
    return _listed(None)


def _listed(basis: Basis | None) -> Result[tuple[Scenario, ...]]:
    found = tuple(read_scenario(find_scenario(name)) for name in catalogue_names())
    table = pd.DataFrame(
        {
            "name": [one.name for one in found],
            "title": [one.title for one in found],
            "measures": [len(one.measures) for one in found],
            "summary": [" ".join(one.summary.split()) for one in found],
            "not_covered": [_not_covered(basis, one) for one in found],
        }
    )
    partly = int((table["not_covered"] > 0).sum())
    told = [f"{len(found)} scenarios ship with Landbridge."]
    if partly:
        told.append(f"{partly} of them name economies that this world does not have.")
    return Result(
        Study(
            kind="scenarios",
            name="scenarios",
            title="Scenarios of the catalogue",
            headline=tuple(told),
            tables={"scenarios": table},
            notes=(),
            certificate=pd.DataFrame(columns=list(CHECKS)),
            provenance=provenance_of(basis, *found),
            found=found,
        ),
        present_catalogue,
    )


def _not_covered(basis: Basis | None, scenario: Scenario) -> int:
    """Count the economies that a scenario names and a world lacks; the embedded one has all."""
    return 0 if basis is None else len(lacked(basis, parties_of(scenario), on=scenario.date))
