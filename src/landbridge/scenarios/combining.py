"""Several scenarios as one: the measures of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from landbridge.atlas.composites import Group
from landbridge.errors import FaultsError, InputError
from landbridge.scenarios.measures.base import Measure
from landbridge.scenarios.schema import AttachedFile, Focus, Scenario, TripRequest
from landbridge.scenarios.values.benefits import Passengers
from landbridge.scenarios.values.costs import Cost
from landbridge.scenarios.values.parties import label

JOIN = "+"
LONGEST_NAME, LONGEST_TITLE, LONGEST_SUMMARY = 60, 120, 4000
MOST_TRIPS = 40
MOST_PARTNERS = 60
_ALIKE = (
    "date", "closure", "choice", "constraints", "border_year", "month", "labour_supply_elasticity",
    "benefits",
)  # fmt: skip


def combine(scenarios: Sequence[Scenario]) -> Scenario:
    """Put the measures of several scenarios into one.

    Parameters
    ----------
    scenarios
        Two or more; one alone is given back as it is.

    Returns
    -------
    Scenario
        The economy in the middle is that of the first; partners, trips, parameters, files and
        costs are those of all. A measure that two of them share (the same in all but id, title
        and source) is made, and paid, once. Where two measures of one id differ, the later one's
        id gets the name of its scenario in front.

    Raises
    ------
    FaultsError
        A scenario is named twice; dates, closures or other settings differ; parameters or files
        contradict each other. All of it at once.
    """
    if len(scenarios) == 1:
        return scenarios[0]
    faults = [*_repeats(scenarios), *_differences(scenarios), *_contradictions(scenarios)]
    name = "-with-".join(scenario.name for scenario in scenarios)
    if faults:
        raise FaultsError(faults, where=JOIN.join(scenario.name for scenario in scenarios))
    measures, costs, passengers = _measures(scenarios)
    first = scenarios[0]
    combined = Scenario(
        format=1,
        name=name[:LONGEST_NAME].rstrip("-"),
        title=_short(" + ".join(scenario.title for scenario in scenarios), LONGEST_TITLE),
        summary=_short(
            " ".join(" ".join(scenario.summary.split()) for scenario in scenarios), LONGEST_SUMMARY
        ),
        date=first.date,
        closure=first.closure,
        choice=first.choice,
        constraints=first.constraints,
        focus=_focus(scenarios),
        trips=_trips(scenarios),
        measures=tuple(measures),
        parameters={k: v for scenario in scenarios for k, v in scenario.parameters.items()},
        data={k: v for scenario in scenarios for k, v in scenario.data.items()},
        border_year=first.border_year,
        month=first.month,
        costs=tuple(costs),
        benefits=first.benefits,
        passengers=tuple(passengers),
    )
    return combined.with_files(_files(scenarios))


def with_union_of_views(scenarios: Sequence[Scenario]) -> tuple[Scenario, ...]:
    """Hand every scenario the partners and trips of all, so that their tables line up.

    The economy in the middle is that of the first; the others' own become partners. Focus and
    trips are what is reported; no number depends on them.
    """
    focus, trips = _focus(scenarios), _trips(scenarios)
    return tuple(
        scenario.model_copy(update={"focus": focus, "trips": trips}) for scenario in scenarios
    )


def _repeats(scenarios: Sequence[Scenario]) -> list[str]:
    names = [scenario.name for scenario in scenarios]
    twice = sorted({name for name in names if names.count(name) > 1})
    return [f"{name}: named twice; a scenario is made once" for name in twice]


def _differences(scenarios: Sequence[Scenario]) -> list[str]:
    faults = []
    for key in _ALIKE:
        told = {scenario.name: getattr(scenario, key) for scenario in scenarios}
        if len(set(told.values())) > 1:
            each = ", ".join(f"{value} in {name}" for name, value in told.items())
            faults.append(f"{key}: {each}; say one for all with --set {key}=...")
    return faults


def _contradictions(scenarios: Sequence[Scenario]) -> list[str]:
    faults = []
    parameters: dict[str, object] = {}
    tables: dict[str, str] = {}
    files: dict[str, AttachedFile] = {}
    for scenario in scenarios:
        for name, override in scenario.parameters.items():
            if parameters.setdefault(name, override) != override:
                faults.append(f"parameters.{name}: two of the scenarios state it differently")
        for table, file in scenario.data.items():
            if tables.setdefault(table, file) != file:
                faults.append(f"data.{table}: two of the scenarios name different files")
        for name, attached in scenario.files.items():
            if files.setdefault(name, attached).sha256 != attached.sha256:
                faults.append(f"file '{name}': two of the scenarios hold different files of it")
    return faults


def _measures(
    scenarios: Sequence[Scenario],
) -> tuple[list[Measure], list[Cost], list[Passengers]]:
    """Collect measures, costs and passengers; what is shared stands once, ids are made unique."""
    measures: list[Measure] = []
    costs: list[Cost] = []
    passengers: list[Passengers] = []
    said: dict[str, str] = {}
    for scenario in scenarios:
        renamed: dict[str, str] = {}
        taken = {measure.id for measure in measures}
        for measure in scenario.measures:
            content = measure.content()
            if content in said:
                renamed[measure.id] = said[content]
                continue
            own = measure.id if measure.id not in taken else f"{scenario.name}-{measure.id}"
            own = own[:LONGEST_NAME].rstrip("-")
            said[content] = renamed[measure.id] = own
            measures.append(measure.model_copy(update={"id": own}))
        paid = {cost.measure for cost in costs}
        costs += [
            cost.model_copy(update={"measure": renamed[cost.measure]})
            for cost in scenario.costs
            if renamed[cost.measure] not in paid
        ]
        served = {one.measure for one in passengers}
        passengers += [
            one.model_copy(update={"measure": renamed[one.measure]})
            for one in scenario.passengers
            if renamed[one.measure] not in served
        ]
    return measures, costs, passengers


def _focus(scenarios: Sequence[Scenario]) -> Focus:
    first = scenarios[0].focus
    partners: dict[str, str | Group] = {}
    for scenario in scenarios:
        for partner in (*scenario.focus.partners, scenario.focus.economy):
            if label(partner) != label(first.economy):
                partners.setdefault(label(partner), partner)
    return Focus(economy=first.economy, partners=tuple(partners.values())[:MOST_PARTNERS])


def _trips(scenarios: Sequence[Scenario]) -> tuple[TripRequest, ...]:
    found = {(t.origin, t.destination): t for scenario in scenarios for t in scenario.trips}
    return tuple(found.values())[:MOST_TRIPS]


def _files(scenarios: Sequence[Scenario]) -> Mapping[str, AttachedFile]:
    return {name: file for scenario in scenarios for name, file in scenario.files.items()}


def _short(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit - 3].rstrip() + "..."


def check_parts(text: str) -> tuple[str, ...]:
    """Split ``a+b`` into its names.

    Raises
    ------
    InputError
        A part is empty.
    """
    parts = tuple(part.strip() for part in text.split(JOIN))
    if not all(parts):
        raise InputError(
            f"'{text}' names no scenario on one side of a plus.", mend="Write a+b, without more."
        )
    return parts
