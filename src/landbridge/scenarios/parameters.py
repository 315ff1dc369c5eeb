"""Parameters: central values, bands and draws, with the scenario's own values laid over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from landbridge.errors import FaultsError, suggest
from landbridge.gravity.uses.parameter_estimates import ParameterEstimates
from landbridge.scenarios.measures import ChangePaymentCost, ChangeTariff, NormaliseTrade
from landbridge.scenarios.normalising import POTENTIAL, SHARE
from landbridge.scenarios.own import PARAMETERS, own_rows
from landbridge.scenarios.policy import rate_name
from landbridge.scenarios.schema import ParameterOverride, Scenario, Settings
from landbridge.tables import embedded_table

THETA = "trade_elasticity"
CHOICE_PREFIX = "choice_"
"""Parameters that only a run with a choice among modes has."""
NEST = "choice_nest"
MAY_BE_ZERO = ("agreement_", "closure_", "value_of_time")
LARGEST = 20.0
"""A value further above the default's high end than this is taken for a slip."""
NORMAL_BAND_IN_STANDARD_ERRORS = 2.0
NORMAL_CUT_IN_STANDARD_ERRORS = 2.5


@dataclass(frozen=True)
class Parameter:
    """One uncertain number.

    Attributes
    ----------
    low, central, high
        In `unit`; for a normal distribution two standard errors either side of the centre.
    distribution
        ``triangular`` or ``normal``.
    """

    name: str
    title: str
    unit: str
    low: float
    central: float
    high: float
    distribution: str
    confidence: str
    source: str

    def draw(self, rng: np.random.Generator) -> float:
        """Draw one value; a band of no width gives its centre."""
        # Draw even where the band has no width: the stream of random numbers is then the same
        # whatever a scenario overrides.
        if self.distribution == "normal":
            score = rng.standard_normal()
            while abs(score) > NORMAL_CUT_IN_STANDARD_ERRORS:
                score = rng.standard_normal()
            error = (self.high - self.low) / (2 * NORMAL_BAND_IN_STANDARD_ERRORS)
            return float(self.central + score * error)
        return triangular(self.low, self.central, self.high, rng.random())


def triangular(low: float, central: float, high: float, uniform: float) -> float:
    """Turn a uniform number in [0, 1) into a draw between two ends, its median at the centre.

    Half the draws lie below the centre and half above; on either side the density falls in a
    straight line to zero at the end. A lopsided band then does not push the middle of the draws
    away from the central run, as the usual triangle with its mode at the centre would.
    """
    if uniform < 0.5:  # noqa: PLR2004 - the median
        value = low + (central - low) * np.sqrt(2.0 * uniform)
    else:
        value = high - (high - central) * np.sqrt(2.0 * (1.0 - uniform))
    # Rounding must not step outside the band.
    return float(min(max(value, low), high))


def scenario_parameters(
    scenario: Scenario, *, where: str = "", defaults: Mapping[str, Parameter] | None = None
) -> Mapping[str, Parameter]:
    """Compute every parameter of a run: the scenario's own values laid over the defaults.

    Parameters
    ----------
    scenario
        Whose `parameters` are laid over the defaults. Those of choice are checked in any case
        and given where its ``choice`` is ``logit``.
    where
        The scenario's file, for messages.
    defaults
        Every parameter of the basis, those of choice too; absent: those that ship.

    Raises
    ------
    FaultsError
        The scenario names a parameter that does not exist, or a value outside its meaning.
    """
    known = dict(all_parameters() if defaults is None else defaults)
    faults = _lay_own_over(known, scenario.settings)
    merged = dict(known)
    for name, override in scenario.parameters.items():
        if name not in known:
            hint = suggest(name, known) or f"Known: {', '.join(sorted(known))}."
            faults.append(f"parameters.{name}: there is no such parameter. {hint}")
        elif said := _beyond(known[name], override.low, override.high):
            faults.append(f"parameters.{name}: {said}")
        else:
            merged[name] = _overridden(known[name], override)
    if faults:
        raise FaultsError(faults, where=where or scenario.name)
    if scenario.choice != "logit":
        merged = without_choice(merged)
    return merged | measure_parameters(scenario)


def measure_parameters(scenario: Scenario) -> dict[str, Parameter]:
    """Give a parameter for each rate of a scenario's measures that has a band."""
    found: dict[str, Parameter] = {}
    for measure in scenario.measures:
        if isinstance(measure, NormaliseTrade):
            found |= _of_normalisation(measure)
        if not isinstance(measure, ChangeTariff | ChangePaymentCost):
            continue
        ends = (("from", "before", measure.from_percent), ("to", "after", measure.to_percent))
        for end, word, band in ends:
            if band.is_wide:
                name = rate_name(measure.id, end)
                found[name] = Parameter(
                    name=name,
                    title=f"{measure.title}: {word}",
                    unit="percent of the value",
                    low=band.low,
                    central=band.central,
                    high=band.high,
                    distribution="triangular",
                    confidence="stated by the scenario",
                    source=measure.source,
                )
    return found


def _of_normalisation(measure: NormaliseTrade) -> dict[str, Parameter]:
    """Give the share that is closed, and the potential over its centre."""
    band = measure.share_percent
    share = Parameter(
        name=rate_name(measure.id, SHARE),
        title=f"{measure.title}: share of the gap to potential that is closed",
        unit="percent of the gap in logs",
        low=band.low,
        central=band.central,
        high=band.high,
        distribution="triangular",
        confidence="stated by the scenario",
        source=measure.source,
    )
    usual = _named([embedded_table("scenarios", "normalisation")])[POTENTIAL]
    name = rate_name(measure.id, POTENTIAL)
    title = f"{measure.title}: {usual.title[0].lower()}{usual.title[1:]}"
    return {share.name: share, name: replace(usual, name=name, title=title)}


def with_estimates(
    parameters: Mapping[str, Parameter], estimates: ParameterEstimates | None
) -> Mapping[str, Parameter]:
    """Put estimates in the place of parameters: normal, a band of two standard errors either side.

    Parameters
    ----------
    parameters
        Those of a run.
    estimates
        What `landbridge estimate` handed over; None leaves the parameters as they are.

    Raises
    ------
    FaultsError
        An estimate is of no parameter of the run.
    """
    if estimates is None:
        return parameters
    merged, faults = dict(parameters), []
    band = NORMAL_BAND_IN_STANDARD_ERRORS * estimates.std_errors
    for at, name in enumerate(estimates.names):
        if name not in parameters:
            hint = suggest(name, parameters) or f"Known: {', '.join(sorted(parameters))}."
            faults.append(f"estimates: there is no parameter '{name}'. {hint}")
            continue
        value = float(estimates.estimates[at])
        merged[name] = replace(
            parameters[name],
            low=value - float(band[at]),
            central=value,
            high=value + float(band[at]),
            distribution="normal",
            confidence="estimated",
            source=f"{estimates.from_terms[at]}: {estimates.source}",
        )
    if faults:
        raise FaultsError(faults, where=estimates.source)
    return merged


def _lay_own_over(defaults: dict[str, Parameter], settings: Settings) -> list[str]:
    """Lay the parameters of a user's file over the defaults, in place; give the faults."""
    faults = []
    for own in own_rows(settings):
        if own.table != PARAMETERS:
            continue
        for row in _records(own.rows):
            if row["name"] not in defaults:
                continue  # A parameter of choice, where no choice is made.
            default = defaults[row["name"]]
            said = _beyond(default, row["low"], row["high"])
            if row["unit"] != default.unit:
                said = f"the unit is {default.unit}, and stays so (it is {row['unit']})"
            if said:
                faults.append(f"{own.file}: {default.name}: {said}")
            elif row["name"] in set(own.changed["row"]):
                names = ("low", "central", "high", "distribution", "confidence", "source")
                values: dict[str, Any] = {name: row[name] for name in names}
                defaults[default.name] = replace(default, **values)
    return faults


def _beyond(default: Parameter, low: float, high: float) -> str:
    """Say what is wrong with a band in place of the default's; empty when nothing is."""
    if low == 0 and not default.name.startswith(MAY_BE_ZERO):
        return "low must be above zero (it is 0)"
    if high > LARGEST * default.high:
        return (
            f"high is more than {LARGEST:g} times the default's ({high:g} against {default.high:g})"
        )
    if default.name == NEST and high > 1:
        return f"high is at most 1 (it is {high:g})"
    return ""


def default_parameters(settings: Settings | None = None) -> Mapping[str, Parameter]:
    """Give the default parameters of trade and freight by name, a user's rows laid over them.

    Raises
    ------
    FaultsError
        A row of the user's is at fault.
    """
    defaults = _named([embedded_table("scenarios", "parameters"), _cited("parameters")])
    if settings is not None:
        faults = _lay_own_over(defaults, settings)
        if faults:
            raise FaultsError(faults, where="data.parameters")
    return defaults


def all_parameters(
    settings: Settings | None = None, *, defaults: Mapping[str, Parameter] | None = None
) -> Mapping[str, Parameter]:
    """Read the default parameters of trade, freight and choice, a user's rows laid over them.

    Parameters
    ----------
    settings
        The user's rows; none where absent.
    defaults
        What they are laid over; absent: the parameters that ship.

    Raises
    ------
    FaultsError
        A row of the user's is at fault.
    """
    known = dict({**default_parameters(), **choice_parameters()} if defaults is None else defaults)
    if settings is not None:
        faults = _lay_own_over(known, settings)
        if faults:
            raise FaultsError(faults, where="data.parameters")
    return known


def without_choice(parameters: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """Leave out the parameters that only a run with a choice among modes has."""
    return {
        name: parameter
        for name, parameter in parameters.items()
        if not name.startswith(CHOICE_PREFIX)
    }


def choice_parameters() -> Mapping[str, Parameter]:
    """Give the default parameters of the choice among modes by name."""
    return _named([_cited("choice_parameters")])


def parameter_table(parameters: Mapping[str, Parameter]) -> pd.DataFrame:
    """Lay parameters out as a table: one row each, with unit, band, distribution and source."""
    return pd.DataFrame(
        [vars(parameter) for parameter in parameters.values()],
        columns=list(Parameter.__dataclass_fields__),
    )


def _named(tables: Sequence[pd.DataFrame]) -> dict[str, Parameter]:
    fields = list(Parameter.__dataclass_fields__)
    rows = pd.concat([table[fields] for table in tables], ignore_index=True)
    return {str(row["name"]): Parameter(**row) for row in _records(rows)}


def _cited(name: str) -> pd.DataFrame:
    """Give a table of parameters of freight, its sources written out."""
    table = embedded_table("freight", name)
    cited = table["source"].map(_citations())
    table["source"] = cited.str.cat(table["note"], sep="; ").str.removesuffix("; ")
    return table


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): value for name, value in row.items()} for row in table.to_dict(orient="records")
    ]


def _citations() -> dict[str, str]:
    """Give the title, publisher and year of each source of the freight tables."""
    sources = embedded_table("freight", "sources")
    return {
        row["source"]: f"{row['title']}, {row['publisher']}, {row['year']}"
        for row in sources.to_dict(orient="records")
    }


def _overridden(default: Parameter, override: ParameterOverride) -> Parameter:
    return Parameter(
        name=default.name,
        title=default.title,
        unit=default.unit,
        low=override.low,
        central=override.central,
        high=override.high,
        distribution="triangular",
        confidence="stated by the scenario",
        source=override.source,
    )
