"""Scenario files: the kinds of values that stand in one, each with its check."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    SerializeAsAny,
    model_serializer,
    model_validator,
)

from landbridge.atlas.composites import Group, parse_group
from landbridge.errors import FaultsError, InputError, LandbridgeError, suggest
from landbridge.freight.edits.positions import check_degrees
from landbridge.world.sectors.facts import sector_list
from landbridge.world.sectors.load import SHIPPED_DETAIL

MAX_NAME = 120
Slug: TypeAlias = Annotated[
    str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=1, max_length=60)
]
ParameterName: TypeAlias = Annotated[
    str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", min_length=1, max_length=60)
]


def _readable(text: str) -> str:
    """Refuse blank text, and characters that no reader sees but a terminal or a page obeys."""
    hidden = {"Cc", "Cf"}
    if any(unicodedata.category(sign) in hidden and sign not in "\n\t" for sign in text):
        raise ValueError("holds control characters; write plain text")
    if not text.strip():
        raise ValueError("is blank")
    return text


def not_a_flag(value: object) -> object:
    """Refuse true and false where a number is asked for: Python counts them as 1 and 0."""
    if isinstance(value, bool):
        raise ValueError("must be a number, not true or false")  # noqa: TRY004 - pydantic
    return value


Text: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=4000, strict=True), AfterValidator(_readable)
]
Name: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=MAX_NAME, strict=True), AfterValidator(_readable)
]
NonNegative: TypeAlias = Annotated[
    float, Field(ge=0, le=1e9, allow_inf_nan=False, strict=True), BeforeValidator(not_a_flag)
]
Positive: TypeAlias = Annotated[
    float, Field(gt=0, le=1e9, allow_inf_nan=False, strict=True), BeforeValidator(not_a_flag)
]
Percent: TypeAlias = Annotated[
    float, Field(ge=-50, le=10_000, allow_inf_nan=False, strict=True), BeforeValidator(not_a_flag)
]

LinkMode: TypeAlias = Literal["rail", "road", "ferry", "sea"]
LandMode: TypeAlias = Literal["rail", "road", "ferry"]
CrossingMode: TypeAlias = Literal["rail", "road"]
GaugeMm: TypeAlias = Annotated[int, Field(ge=600, le=1700, strict=True)]
Share: TypeAlias = Annotated[
    float, Field(gt=0, le=1, allow_inf_nan=False, strict=True), BeforeValidator(not_a_flag)
]
Month: TypeAlias = Annotated[int, Field(ge=1, le=12, strict=True)]
Direction: TypeAlias = Literal["both", "forward", "backward"]


class Strict(BaseModel):
    """Refuses unknown keys and does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Band(Strict):
    """A value that is not known exactly: draws are lognormal on either side of the centre."""

    low: NonNegative
    """One draw in twenty is below it."""
    central: NonNegative
    """The value of the central run; half the draws are below it."""
    high: NonNegative
    """One draw in twenty is above it."""

    @model_validator(mode="after")
    def _ordered(self) -> Band:
        if not self.low <= self.central <= self.high:
            raise ValueError("low, central and high are not in rising order")
        return self


def _band_of(value: object) -> object:
    """Read a plain number as a band of no width."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"low": value, "central": value, "high": value}
    return value


Uncertain: TypeAlias = Annotated[
    Band, BeforeValidator(_band_of, json_schema_input_type=NonNegative | Band)
]


class PercentBand(Strict):
    """An ad valorem rate that is not known exactly; each draw takes one value from it."""

    low: Percent
    """Lowest plausible value."""
    central: Percent
    """The value of the central run; the median of the draws."""
    high: Percent
    """Highest plausible value."""

    @model_validator(mode="after")
    def _ordered(self) -> PercentBand:
        if not self.low <= self.central <= self.high:
            raise ValueError("low, central and high are not in rising order")
        return self

    @model_serializer
    def _plainly(self) -> float | dict[str, float]:
        # A rate without a band is written as the number that stands in the file.
        if not self.is_wide:
            return self.central
        return {"low": self.low, "central": self.central, "high": self.high}

    @property
    def is_wide(self) -> bool:
        """Whether draws differ from the centre."""
        return self.low < self.high


UncertainPercent: TypeAlias = Annotated[
    PercentBand, BeforeValidator(_band_of, json_schema_input_type=Percent | PercentBand)
]


def _read_party(value: object) -> object:
    """Read a party: a name stays as it is, a table is a group by rule."""
    if isinstance(value, str | Group):
        return value
    if not isinstance(value, dict):
        raise ValueError("write a name in quotes, or a group as a table")  # noqa: TRY004 - pydantic
    try:
        return parse_group(value)
    except FaultsError as error:
        raise ValueError("; ".join(error.faults)) from None
    except LandbridgeError as error:
        raise ValueError(str(error)) from None


Party: TypeAlias = Annotated[
    Name | SerializeAsAny[InstanceOf[Group]],
    BeforeValidator(_read_party, json_schema_input_type=Name | dict[str, Any]),
]
"""An economy, a bloc or a composite by name, or a group by rule (``{ union = [...] }``)."""


def _read_place(value: object) -> str | tuple[float, float]:
    """Read a place: a name, or a point as [longitude, latitude]."""
    if isinstance(value, str):
        if len(value) > MAX_NAME:
            raise ValueError(f"must have at most {MAX_NAME} characters")
        return _readable(value)
    numbers = list(value) if isinstance(value, list | tuple) else []
    plain = [n for n in numbers if isinstance(n, int | float) and not isinstance(n, bool)]
    if len(numbers) != 2 or len(plain) != 2:  # noqa: PLR2004 - longitude and latitude
        raise ValueError("write a place in quotes, or a point as [longitude, latitude]")
    longitude, latitude = float(plain[0]), float(plain[1])
    try:
        check_degrees((longitude, latitude))
    except InputError as error:
        raise ValueError(str(error)) from None
    return longitude, latitude


Place: TypeAlias = Annotated[
    str | tuple[float, float],
    BeforeValidator(_read_place, json_schema_input_type=Name | tuple[float, float]),
]
"""A place by id or name, or a point."""


def _read_point(value: object) -> tuple[float, float]:
    place = _read_place(value)
    if isinstance(place, str):
        raise ValueError("write a point as [longitude, latitude]")  # noqa: TRY004 - pydantic
    return place


Point: TypeAlias = Annotated[tuple[float, float], BeforeValidator(_read_point)]
"""Longitude and latitude, degrees."""


def _beside(name: str) -> str:
    """Refuse the name of a file that lies elsewhere than beside the scenario, or below it."""
    path = PurePosixPath(name)
    if "\\" in name or ":" in name:
        raise ValueError("write the name of a file with plain slashes")
    if path.is_absolute() or ".." in path.parts or not path.name:
        raise ValueError("name a file beside the scenario, or in a folder below it")
    return name


def _known_sector(code: str) -> str:
    """Refuse what is no sector of the world with sectors that ships."""
    known = sector_list(SHIPPED_DETAIL).codes
    if code not in known:
        raise ValueError(f"there is no sector '{code}'. {suggest(code, known) or _list(known)}")
    return code


def _list(known: tuple[str, ...]) -> str:
    return f"Known: {', '.join(known)}."


SectorCode: TypeAlias = Annotated[Name, AfterValidator(_known_sector)]
"""A sector of the world with sectors, such as ``C29``."""


FileName: TypeAlias = Annotated[Name, AfterValidator(_beside)]
"""A file beside the scenario."""
