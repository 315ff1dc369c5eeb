"""Rows of the fact tables as typed, frozen records, and the day on which they hold."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, Literal, TypeAlias, TypeVar, cast

import pandas as pd
from pydantic import BaseModel, ConfigDict

from landbridge.errors import InputError
from landbridge.evidence import shown_source
from landbridge.tables import embedded_table

Confidence: TypeAlias = Literal["published", "mixed", "recalled"]
"""``published``: read in the source named. ``mixed``: in part (a standing, and not its days).
``recalled``: known, and not read anywhere."""

Precision: TypeAlias = Literal["day", "month", "year"]
"""How exactly a row's dates are known; the missing part is written as 01."""


class Fact(BaseModel):
    """A row of a fact table: it names its source and says how sure it is.

    Attributes
    ----------
    source
        Where it was read; of a recalled row nowhere.
    confidence
        Whether it was read.
    check_at
        Where a recalled row can be checked.
    note
        A remark.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    confidence: Confidence
    check_at: str = ""
    note: str = ""

    @property
    def shown_source(self) -> str:
        """The source as a reader sees it (`landbridge.evidence.shown_source`)."""
        return shown_source(self.source, self.check_at)


class DatedFact(Fact):
    """A fact that holds from a day to a day, both included; ``until`` is None while it lasts."""

    since: date
    until: date | None
    precision: Precision

    def holds(self, *, on: date) -> bool:
        """Say whether the fact holds on a day."""
        return self.since <= on and (self.until is None or on <= self.until)


Row = TypeVar("Row", bound=BaseModel)


def as_day(on: object, *, what: str = "on") -> date:
    """Accept a date (or its ISO text) and refuse anything else, None above all.

    Parameters
    ----------
    on
        What the caller gave as the day.
    what
        The name of the argument, for the message.

    Raises
    ------
    InputError
        There is no date, or the text is not YYYY-MM-DD.

    Examples
    --------
    >>> as_day("2023-01-01")
    datetime.date(2023, 1, 1)
    """
    if isinstance(on, pd.Timestamp):
        return on.date()
    if isinstance(on, date):
        return on
    if isinstance(on, str):
        try:
            return date.fromisoformat(on)
        except ValueError as error:
            raise InputError(
                f"'{on}' is not a date.", where=what, mend="Write it as YYYY-MM-DD."
            ) from error
    raise InputError(
        "a fact of the atlas has a date, and the question names none.",
        where=what,
        mend="Give a day, for example 2023-01-01.",
    )


def records(table: str, kind: type[Row]) -> tuple[Row, ...]:
    """Read a table of the atlas as records, one a row, in the order of the file.

    Parameters
    ----------
    table
        The table's name without ``.csv``.
    kind
        The model whose fields are the table's columns; an empty cell that is not text becomes
        None.
    """
    # The cache forgets the type parameter; every row was made by `kind`.
    return cast("tuple[Row, ...]", _records(table, kind))


@lru_cache(maxsize=32)
def _records(table: str, kind: type[BaseModel]) -> tuple[BaseModel, ...]:
    rows = embedded_table("atlas", table).to_dict(orient="records")
    return tuple(kind.model_validate({str(k): _plain(v) for k, v in row.items()}) for row in rows)


def codes_in(text: str) -> tuple[str, ...]:
    """Split a cell that holds several values, parted by semicolons.

    Examples
    --------
    >>> codes_in("ARM; PAK"), codes_in("")
    (('ARM', 'PAK'), ())
    """
    return tuple(part for part in (piece.strip() for piece in text.split(";")) if part)


def frame_of(facts: tuple[Row, ...], kind: type[Row]) -> pd.DataFrame:
    """Lay records out as a table again, one a row; empty with its columns when there are none."""
    return pd.DataFrame([fact.model_dump() for fact in facts], columns=list(kind.model_fields))


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell of any type
    if value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value
