"""Read an estimation file: TOML in, checked equations out, every fault in one message."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from landbridge.atlas.blocs import Depth
from landbridge.errors import FaultsError, InputError, suggest
from landbridge.faults import line_of
from landbridge.gravity.spec import GravitySpec
from landbridge.gravity.uses.freight_design import FreightQuantity
from landbridge.gravity.uses.parameter_estimates import Valued

MAX_BYTES: Final = 1_000_000


class LeadLag(BaseModel):
    """A variable's values of other years as further columns."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    leads: tuple[Annotated[int, Field(gt=0)], ...] = ()
    lags: tuple[Annotated[int, Field(gt=0)], ...] = ()


class Rate(BaseModel):
    """An ad valorem rate whose logarithm of one plus the rate is a further column."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    unit: Literal["percent", "ratio"]


class DesignSection(BaseModel):
    """Columns to build before estimating.

    Attributes
    ----------
    log
        Columns whose logarithm is wanted (``ln_<column>``).
    rates
        Tariffs and the like (``ln_<column>_factor``).
    lead_lag
        Leads and lags (``<column>_lead4``, ``<column>_lag4``).
    blocs, diversion
        Blocs of the atlas (``both_in_<bloc>``, ``into_<bloc>``).
    depth
        Shallowest depth of shared blocs that counts (``depth_<depth>``); left out: none.
    border_years, base_year
        Whether to build border terms of each year but the base (``border_<year>``).
    across_borders
        Non-discriminatory policies (``<column>_across_border``).
    freight
        Quantities of the freight network (``ln_freight_<quantity>``).
    interactions
        Products of columns, those built here among them (``<one>_x_<other>``).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    log: tuple[str, ...] = ()
    rates: tuple[Rate, ...] = ()
    lead_lag: tuple[LeadLag, ...] = ()
    blocs: tuple[str, ...] = ()
    diversion: bool = False
    depth: Depth | None = None
    border_years: bool = False
    base_year: int | None = None
    across_borders: tuple[str, ...] = ()
    freight: tuple[FreightQuantity, ...] = ()
    interactions: tuple[Annotated[tuple[str, ...], Field(min_length=2)], ...] = ()


class RowsSection(BaseModel):
    """Which rows of the data count.

    Attributes
    ----------
    years
        All when left out.
    trade
        All flows, or those across a border only.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    years: tuple[int, ...] = ()
    trade: Literal["all", "international"] = "all"


class HandoverSection(BaseModel):
    """Which coefficients become parameters of a run (`parameter_estimates`).

    Attributes
    ----------
    equation
        Its title; may be left out where there is one equation.
    elasticity_from
        Term of the log of one plus an ad valorem rate.
    flows
        Whether flows are valued before tariffs or with them.
    agreements
        Terms that add up to the effect of an agreement, by its depth.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    equation: str = ""
    elasticity_from: str = ""
    flows: Valued = "before_tariffs"
    agreements: dict[Depth, tuple[str, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_something(self) -> HandoverSection:
        if not self.elasticity_from and not self.agreements:
            raise ValueError("nothing is handed over: write elasticity_from or agreements")
        return self


class Equation(GravitySpec):
    """One column of the table: a specification with a title."""

    title: str = ""


class EstimationFile(BaseModel):
    """What an estimation file says.

    Attributes
    ----------
    title
        Heading of the table.
    data
        The flows: a csv, Stata, xlsx or parquet file, a path relative to the estimation file; or
        ``embedded``, the panel that ships (`trade_panel`).
    rows, design
        Which rows count and which columns are built.
    equations
        One column of the table each.
    labels
        What a reader sees instead of a term.
    stars
        ``none`` or the conventional three levels.
    handover
        Which coefficients become parameters of a run.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = ""
    data: str
    rows: RowsSection = RowsSection()
    design: DesignSection = DesignSection()
    equations: tuple[Equation, ...]
    labels: dict[str, str] = Field(default_factory=dict)
    stars: Literal["none", "conventional"] = "none"
    handover: HandoverSection | None = None

    @model_validator(mode="after")
    def _titles_differ(self) -> EstimationFile:
        if not self.equations:
            raise ValueError("there is no equation: write at least one [[equations]] section")
        titles = [equation.title for equation in self.equations if equation.title]
        repeated = {each for each in titles if titles.count(each) > 1}
        if repeated:
            raise ValueError(f"two equations have the title '{min(repeated)}'")
        self._check_handover(titles)
        return self

    def _check_handover(self, titles: Sequence[str]) -> None:
        """Refuse a hand-over that does not say from which equation."""
        if self.handover is None:
            return
        wanted = self.handover.equation
        if not wanted and len(self.equations) > 1:
            raise ValueError("handover.equation is missing: there are several equations")
        if wanted and wanted not in titles:
            hint = suggest(wanted, titles) or f"Titles: {', '.join(titles) or 'none'}."
            raise ValueError(f"handover.equation: no equation has the title '{wanted}'. {hint}")


_SECTIONS: Final[dict[str, type[BaseModel]]] = {
    "rows": RowsSection,
    "design": DesignSection,
    "equations": Equation,
    "handover": HandoverSection,
    "rates": Rate,
    "lead_lag": LeadLag,
}
_SAID: Final = {
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must not be below {ge:g}",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must not be above {le:g}",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "tuple_type": "must be a list in square brackets",
    "too_short": "needs at least {min_length} in the list",
}


def read_estimation(path: Path) -> EstimationFile:
    """Read one estimation file.

    Parameters
    ----------
    path
        A TOML file of at most 1 MB.

    Raises
    ------
    InputError
        The file cannot be read, is too large or is not TOML.
    FaultsError
        Keys that are unknown or missing, values that are not possible; all of them at once, each
        with its line and, where a name is near, a suggestion.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"the file is larger than {MAX_BYTES:,} bytes.", where=str(path))
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError("this is not a text file in UTF-8.", where=str(path)) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}.", where=str(path)) from None
    return parse_estimation(text, where=str(path))


def parse_estimation(text: str, *, where: str) -> EstimationFile:
    """Turn the text of an estimation file into equations (see `read_estimation`)."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is not TOML: {error}.", where=where) from None
    return check_estimation(raw, where=where, text=text)


def check_estimation(raw: Mapping[str, Any], *, where: str, text: str = "") -> EstimationFile:
    """Check what a file or options say.

    Raises
    ------
    FaultsError
        All faults at once, with their lines where there is a text.
    """
    try:
        return EstimationFile.model_validate(raw)
    except ValidationError as error:
        faults = [_fault(entry, raw, text) for entry in error.errors(include_url=False)]
        raise FaultsError(_distinct(faults), where=where) from None


def _distinct(faults: Sequence[tuple[str, str]]) -> list[str]:
    """Keep one fault a place: a value that fits no branch of a union fails in each of them."""
    first: dict[str, str] = {}
    for place, said in faults:
        first.setdefault(place, said)
    return [f"{place}: {said}" for place, said in first.items()]


def _fault(entry: Any, raw: Mapping[str, Any], text: str) -> tuple[str, str]:  # noqa: ANN401
    path = _written(entry["loc"], raw)
    line = line_of(text, path)
    dotted = "".join(
        f"[{part + 1}]" if isinstance(part, int) else (f".{part}" if number else part)
        for number, part in enumerate(path)
    )
    place = f"line {line}, {dotted}" if line else dotted or "the file"
    return place, _said(entry, path)


def _said(entry: Any, path: tuple[int | str, ...]) -> str:  # noqa: ANN401 - pydantic's shape
    kind, value = str(entry["type"]), entry["input"]
    if kind == "extra_forbidden":
        owner = next((part for part in reversed(path[:-1]) if part in _SECTIONS), None)
        model = EstimationFile if owner is None else _SECTIONS[str(owner)]
        known = sorted(model.model_fields)
        hint = suggest(str(path[-1]), known) or f"Known keys: {', '.join(known)}."
        return f"there is no such key. {hint}"
    if kind in {"literal_error", "enum"}:
        expected = str(entry["ctx"]["expected"])
        hint = suggest(str(value), re.findall(r"'([^']+)'", expected))
        return f"{value!r} is not possible here. {hint or f'Write one of: {expected}.'}"
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(entry["ctx"]["error"])
    if kind in _SAID:
        return f"{_SAID[kind].format(**entry.get('ctx', {}))} (it is {value!r})"
    return f"{entry['msg'][0].lower()}{entry['msg'][1:]} (it is {value!r})"


def _written(location: Sequence[int | str], raw: Mapping[str, Any]) -> tuple[int | str, ...]:
    """Drop from pydantic's location what does not stand in the file: branches of unions."""
    path: list[int | str] = []
    node: Any = raw
    for part in location:
        if isinstance(part, str) and not isinstance(node, dict):
            continue
        if isinstance(part, int) and not isinstance(node, list):
            continue
        path.append(part)
        if isinstance(node, dict):
            node = node.get(str(part))
        else:
            node = node[int(part)] if int(part) < len(node) else None
    return tuple(path)
