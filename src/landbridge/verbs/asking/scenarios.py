"""Scenarios as the public functions take them: by name, file, mapping, or ready-made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from landbridge.basis import Basis
from landbridge.errors import InputError
from landbridge.scenarios.asking import ask, lines_of
from landbridge.scenarios.constraints import constraints_of, work_around_scenario
from landbridge.scenarios.reading import check_scenario
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.varying import vary

ScenarioLike: TypeAlias = str | Path | Mapping[str, object] | Scenario
"""A name of the catalogue, ``a+b``, a file, the content of a file, or a scenario."""


@dataclass(frozen=True)
class Asked:
    """A scenario and what to call it in messages.

    Attributes
    ----------
    scenario
        Checked, with its changes made.
    where
        What the user wrote, or the scenario's name.
    """

    scenario: Scenario
    where: str
    text: str = ""

    def lines(self) -> AbstractContextManager[None]:
        """Add line numbers of the file to faults that are found later."""
        return lines_of(self.text) if self.text else nullcontext()


def open_scenario(scenario: ScenarioLike, changes: Sequence[str] = ()) -> Asked:
    """Read a scenario, whatever form it comes in.

    Parameters
    ----------
    scenario
        A name of the catalogue, several joined by plus signs, a file, a mapping, or a scenario.
    changes
        ``key=value`` texts laid over it (`scenarios.varying`).

    Raises
    ------
    UnknownNameError
        There is no such scenario.
    InputError, FaultsError
        It cannot be read; all faults at once.
    """
    if isinstance(scenario, Scenario):
        return Asked(vary(scenario, changes), scenario.name)
    if isinstance(scenario, Mapping):
        made = check_scenario(scenario)
        return Asked(vary(made, changes), made.name)
    text = str(scenario)
    return Asked(ask(text, changes), text, text)


def scenario(content: Mapping[str, object] | None = None, **keys: object) -> Scenario:
    """Build a scenario in Python, checked as a file of the same content would be.

    Parameters
    ----------
    content
        The content of a scenario file; keys given by name are laid over it.
    **keys
        Keys of a scenario file: name, title, date, focus, measures ...

    Returns
    -------
    Scenario

    Raises
    ------
    FaultsError
        Keys that are unknown or missing, values that are out of range; all of them at once.

    Examples
    --------
    >>> from datetime import date
    >>> import landbridge as lb
    >>> cut = {
    ...     "id": "cut", "kind": "change_tariff_equivalent", "title": "Cut", "source": "assumed",
    ...     "importers": ["IND"], "exporters": ["PAK"], "from_percent": 10.0, "to_percent": 5.0,
    ... }
    >>> one = lb.scenario(
    ...     name="cheaper", title="A cheaper tariff", summary="India lowers a tariff.",
    ...     date="2026-01-01", focus={"economy": "PAK", "partners": ["IND"]},
    ...     measures=[{"id": "cut", "kind": "change_tariff_equivalent", "title": "Cut",
    ...                "source": "assumed", "importers": ["IND"], "exporters": ["PAK"],
    ...                "from_percent": 10, "to_percent": 5}],
    ... )
    >>> one.name
    'cheaper'
    """
    return check_scenario({**(content or {}), **keys})


def honouring(scenario: Scenario, basis: Basis, how: str) -> Scenario:
    """Return the scenario as constraints are to be treated.

    Parameters
    ----------
    scenario
        The scenario.
    basis
        Its economies are those that a work-around can name.
    how
        ``scenario``: as it says itself. ``ignore``: run what relations block all the same.
        ``work_around``: run the named work-around of what is blocked.

    Raises
    ------
    InputError
        There is no such way, or nothing is blocked that could be worked around.
    """
    if how == "scenario":
        return scenario
    if how == "ignore":
        return scenario.model_copy(update={"constraints": "ignore"})
    if how != "work_around":
        raise InputError(
            f"'{how}' is no way to treat constraints.",
            where="constraints",
            mend="One of: scenario, ignore, work_around.",
        )
    found = constraints_of(scenario)
    if not found.blocked:
        raise InputError(
            f"no relation blocks a measure of {scenario.name} on {scenario.date}.",
            where="constraints",
            mend="Run it without a work-around.",
        )
    return work_around_scenario(scenario, found, basis.world.iso3)
