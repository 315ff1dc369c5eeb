"""A scenario with some of its values changed: ``--set key=value``."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from landbridge.errors import FaultsError, InputError, LandbridgeError, suggest
from landbridge.faults import own_faults
from landbridge.scenarios.measures.registry import kinds
from landbridge.scenarios.parameters import choice_parameters, default_parameters
from landbridge.scenarios.schema import ParameterOverride, Scenario
from landbridge.scenarios.values.costs import Cost
from landbridge.scenarios.values.fields import Band, PercentBand

WHERE = "--set"
SAID = "set on the command line"
PLAIN = (
    "date", "closure", "choice", "constraints", "border_year", "month", "title", "summary",
    "focus", "labour_supply_elasticity", "benefits",
)  # fmt: skip
"""Keys of the file that can be set as they stand."""
LISTS = ("measures", "costs", "parameters")
SHARED = (
    "date", "closure", "choice", "constraints", "border_year", "month", "labour_supply_elasticity",
    "benefits",
)  # fmt: skip
"""Keys in which scenarios that are combined must agree."""
BANDS: tuple[type[BaseModel], ...] = (Band, PercentBand)


def vary(scenario: Scenario, settings: Sequence[str]) -> Scenario:
    """Change values of a scenario.

    Parameters
    ----------
    scenario
        From `read_scenario` or `combining.combine`.
    settings
        ``key=value`` texts: a key of the file (``date=2020-01-01``, ``closure=additive``,
        ``focus.economy=KAZ``), ``parameters.<name>`` (a number, or ``.low``, ``.central``,
        ``.high``), ``measures.<id>.<field>`` or ``costs.<id>.<field>``, and one step further
        into a band (``measures.crossing-times.hours.central``). A value is read as TOML where
        it is that, else as text.

    Raises
    ------
    FaultsError
        Keys that are not known, each with the nearest; values that the file's format refuses.
    """
    faults: list[str] = []
    changed = scenario
    for text in settings:
        try:
            path, value = read_setting(text)
            changed = _set(changed, path, value)
        except LandbridgeError as error:
            faults += error.faults if isinstance(error, FaultsError) else [str(error)]
    if faults:
        raise FaultsError(faults, where=WHERE)
    if not settings:
        return scenario
    told = f"{' '.join(changed.summary.split())} Set for this run: {'; '.join(settings)}."
    final: Scenario = _checked(Scenario, _fields(changed) | {"summary": told[:4000]}, ())
    return final.with_files(scenario.files)


def read_setting(text: str) -> tuple[tuple[str, ...], object]:
    """Read ``key=value``.

    Raises
    ------
    InputError
        There is no equals sign, or no key.
    """
    key, sign, value = text.partition("=")
    path = tuple(part.strip() for part in key.split("."))
    if not sign or not all(path):
        raise InputError(f"'{text}' is not key=value.", mend="Write date=2020-01-01.")
    try:
        return path, tomllib.loads(f"value = {value}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError):
        return path, value.strip()


def _set(scenario: Scenario, path: tuple[str, ...], value: object) -> Scenario:
    head, rest = path[0], path[1:]
    if head in PLAIN:
        return _with(scenario, {head: _deep(getattr(scenario, head), rest, value, path)}, path)
    if head not in LISTS:
        raise InputError(f"{_dotted(path)}: {_unknown(head, (*PLAIN, *LISTS))}")
    setters: dict[str, Callable[[Scenario, tuple[str, ...], object], Scenario]] = {
        "measures": _set_measure,
        "costs": _set_cost,
        "parameters": _set_parameter,
    }
    if not rest:
        raise InputError(f"{head}: name one of them, and what of it, as {head}.<name>.<field>")
    return setters[head](scenario, path, value)


def _set_measure(scenario: Scenario, path: tuple[str, ...], value: object) -> Scenario:
    ids = [measure.id for measure in scenario.measures]
    if path[1] not in ids:
        raise InputError(f"{_dotted(path)}: {_unknown(path[1], ids)}")
    if len(path) < 3 or path[2] in ("id", "kind"):  # noqa: PLR2004 - measures, id, field
        raise InputError(f"{_dotted(path)}: say which field of the measure; its id and kind stay")
    place = ids.index(path[1])
    old = scenario.measures[place]
    kind = kinds()[old.kind]
    new = _with_field(old, kind, path, value)
    measures = (*scenario.measures[:place], new, *scenario.measures[place + 1 :])
    return _with(scenario, {"measures": measures}, path)


def _set_cost(scenario: Scenario, path: tuple[str, ...], value: object) -> Scenario:
    ids = [measure.id for measure in scenario.measures]
    if path[1] not in ids:
        raise InputError(f"{_dotted(path)}: {_unknown(path[1], ids)}")
    if len(path) < 3 or path[2] == "measure":  # noqa: PLR2004 - costs, id, field
        raise InputError(f"{_dotted(path)}: say which field of the cost")
    by_id = {cost.measure: cost for cost in scenario.costs}
    old = by_id.get(path[1], Cost(measure=path[1], source=SAID))
    by_id[path[1]] = _with_field(old, Cost, path, value)
    return _with(scenario, {"costs": tuple(by_id.values())}, path)


def _set_parameter(scenario: Scenario, path: tuple[str, ...], value: object) -> Scenario:
    name = path[1]
    defaults = {**default_parameters(), **choice_parameters()}
    if name not in defaults:
        raise InputError(f"{_dotted(path)}: {_unknown(name, defaults)}")
    default = defaults[name]
    old = scenario.parameters.get(name)
    if len(path) == 2:  # noqa: PLR2004 - parameters, name
        fields: Mapping[str, object]
        if isinstance(value, int | float) and not isinstance(value, bool):
            fields = {"low": value, "central": value, "high": value, "source": SAID}
        elif isinstance(value, dict):
            fields = {"source": SAID} | value
        else:
            raise InputError(
                f"{_dotted(path)}: give a number, or {{ low = , central = , high = }} (it is "
                f"{value!r})"
            )
        new = _checked(ParameterOverride, dict(fields), path)
    else:
        start: BaseModel = old or ParameterOverride(
            low=default.low, central=default.central, high=default.high, source=default.source
        )
        new = _with_field(start, ParameterOverride, path, value)
    return _with(scenario, {"parameters": {**scenario.parameters, name: new}}, path)


def _with_field(old: BaseModel, kind: type[Any], path: tuple[str, ...], value: object) -> Any:  # noqa: ANN401
    field = path[2]
    if field not in kind.model_fields:
        raise InputError(f"{_dotted(path)}: {_unknown(field, kind.model_fields)}")
    new = _deep(getattr(old, field), path[3:], value, path)
    return _checked(kind, _fields(old) | {field: new}, path)


def _deep(old: object, rest: tuple[str, ...], value: object, path: tuple[str, ...]) -> object:
    """Go one step further into a band, the focus or a table of shares."""
    if not rest:
        return value
    if isinstance(old, BaseModel) and len(rest) == 1:
        if rest[0] not in type(old).model_fields:
            raise InputError(f"{_dotted(path)}: {_unknown(rest[0], type(old).model_fields)}")
        return _checked(type(old), _fields(old) | {rest[0]: value}, path)
    if isinstance(old, dict) and len(rest) == 1:
        return {**old, rest[0]: value}
    raise InputError(f"{_dotted(path)}: there is nothing below {_dotted(path[: -len(rest)])}")


def _with(scenario: Scenario, changes: dict[str, object], path: tuple[str, ...]) -> Scenario:
    """Change a scenario, checked as a file would be."""
    changed: Scenario = _checked(Scenario, _fields(scenario) | changes, path)
    return changed.with_files(scenario.files)


def _checked(kind: type[Any], fields: Mapping[str, object], path: tuple[str, ...]) -> Any:  # noqa: ANN401
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        said = [_plain(entry) for entry in own_faults(error.errors(include_url=False))]
        place = f"{_dotted(path)}: " if path else ""
        raise FaultsError([f"{place}{text}" for text in dict.fromkeys(said)], where=WHERE) from None


def _plain(entry: Any) -> str:  # noqa: ANN401 - pydantic's shape
    if entry["type"] == "value_error":
        return str(entry["ctx"]["error"])
    message = str(entry["msg"])
    return f"{message[:1].lower()}{message[1:]} (it is {repr(entry['input'])[:60]})"


def _fields(model: BaseModel) -> dict[str, Any]:
    """Read the values as they stand, without turning models inside into plain tables."""
    return {name: getattr(model, name) for name in type(model).model_fields}


def _unknown(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    return f"there is no '{name}'. {suggest(name, names) or 'Known: ' + ', '.join(names) + '.'}"


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(path)
