"""Claims files: claims, who made them, and the tests by which each is judged.

The rules are data, written before the numbers are found. A claims file is strict: unknown keys are
refused, and nothing in it is executed.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from landbridge.claims.quantities import Context, Quantity, Region, RegionCoverage
from landbridge.scenarios.values.fields import Name, Strict, Text, not_a_flag

Number: TypeAlias = Annotated[
    float, Field(ge=-1e9, le=1e9, allow_inf_nan=False, strict=True), BeforeValidator(not_a_flag)
]
Probability: TypeAlias = Annotated[
    float, Field(gt=0.5, lt=1.0, allow_inf_nan=False, strict=True), BeforeValidator(not_a_flag)
]
ClaimId: TypeAlias = Annotated[
    str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$", min_length=1, max_length=40)
]
Who: TypeAlias = Literal["article", "participant", "cited", "own"]


class Rule(Strict):
    """What every test says of itself."""

    says: Text
    """What holds if the test is passed, in words."""
    reason: Text
    """Why this test, and why this threshold."""
    decisive: Annotated[bool, Field(strict=True)] = False
    """The claim cannot stand if this test fails."""


class Threshold(Rule):
    """A test with one bound: at least so much, or at most so much."""

    at_least: Number | None = None
    at_most: Number | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Threshold:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give at_least or at_most, one of them")
        return self


class Level(Threshold):
    """The central number reaches a level, and the adverse end of its band another."""

    kind: Literal["level"]
    quantity: Quantity
    at_worst: Number | None = None
    """What the adverse end of the band must keep; absent: the same level."""

    @model_validator(mode="after")
    def _worse_is_less(self) -> Level:
        if self.at_worst is None:
            return self
        if self.at_least is not None and self.at_worst > self.at_least:
            raise ValueError("at_worst is stricter than at_least")
        if self.at_most is not None and self.at_worst < self.at_most:
            raise ValueError("at_worst is stricter than at_most")
        return self


class Likely(Rule):
    """The number lies above, or below, a value in a share of the draws."""

    kind: Literal["likely"]
    quantity: Quantity
    above: Number | None = None
    below: Number | None = None
    probability: Probability = 0.95

    @model_validator(mode="after")
    def _one_side(self) -> Likely:
        if (self.above is None) == (self.below is None):
            raise ValueError("give above or below, one of them")
        return self


class Compares(Threshold):
    """One number against another, draw by draw."""

    kind: Literal["compares"]
    quantity: Quantity
    other: Quantity
    by: Literal["difference", "percent"] = "difference"
    """The first less the second, or its distance from the second in percent of it."""


class Beyond(Rule):
    """A part of the claim that these data cannot test."""

    kind: Literal["beyond"]


Test: TypeAlias = Annotated[Level | Likely | Compares | Beyond, Field(discriminator="kind")]
TEST_KINDS: dict[str, type[Rule]] = {
    "level": Level,
    "likely": Likely,
    "compares": Compares,
    "beyond": Beyond,
}


class Revision(Strict):
    """A rule that was changed after it was first written down."""

    on: Annotated[dt.date, Field(strict=True)]
    what: Text
    why: Text
    knew_the_outcome: Annotated[bool, Field(strict=True)]
    """Whether a verdict by the old rule had been seen."""


class Claim(Strict):
    """A claim, who made it and where, and how it is judged."""

    id: ClaimId
    title: Name
    """A few words."""
    claim: Text
    """The claim in our words."""
    who: Who
    """The article, a participant of its discussion, or an author cited there; or own."""
    by: Name
    """Whose claim it is."""
    source: Name
    """Where it was made: an identity of the atlas's sources, or any text."""
    reading: Text
    """How the claim is read so that numbers can bear on it."""
    tests: Annotated[tuple[Test, ...], Field(min_length=1, max_length=20)]
    context: Annotated[tuple[Context, ...], Field(max_length=20)] = ()
    """Numbers shown beside, at which no rule looks."""
    would_change: Text
    """What would change the verdict."""
    cannot_tell: Text
    """What these data cannot tell."""
    revised: Annotated[tuple[Revision, ...], Field(max_length=50)] = ()


class ClaimsFile(Strict):
    """A ledger: claims with their rules."""

    format: Annotated[Literal[1], BeforeValidator(not_a_flag)]
    """Version of the file format."""
    title: Name
    rules_written: Annotated[dt.date, Field(strict=True)]
    """The day on which the rules were decided."""
    regions: Annotated[tuple[Region, ...], Field(max_length=40)] = ()
    """Regions for `region_coverage` that names none of its own."""
    claims: Annotated[tuple[Claim, ...], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _unique_ids(self) -> ClaimsFile:
        ids = [claim.id.casefold() for claim in self.claims]
        repeated = sorted({name for name in ids if ids.count(name) > 1})
        if repeated:
            raise ValueError(f"claim id used twice: {', '.join(repeated)}")
        return self

    @model_validator(mode="after")
    def _regions_are_there(self) -> ClaimsFile:
        for claim in self.claims:
            for quantity in quantities_of(claim):
                if isinstance(quantity, RegionCoverage) and not (quantity.regions or self.regions):
                    raise ValueError(f"claim {claim.id}: name regions, there or at the head")
        return self


def quantities_of(claim: Claim) -> tuple[Quantity, ...]:
    """List every quantity that a claim asks for, in order, each once."""
    found: dict[Quantity, None] = {}
    for test in claim.tests:
        if isinstance(test, Level | Likely | Compares):
            found[test.quantity] = None
        if isinstance(test, Compares):
            found[test.other] = None
    found |= dict.fromkeys(shown.quantity for shown in claim.context)
    return tuple(found)
