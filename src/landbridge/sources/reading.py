"""What every reader is given, and small helps for reading it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pandas as pd

from landbridge.errors import DataError
from landbridge.sources.files.headers import Sheet, release_row
from landbridge.sources.files.limits import Limits
from landbridge.sources.files.stage import Stage, open_stage
from landbridge.sources.model import Counts, Dropped, LoadOptions

SMALL_ROWS = 1_000_000


@dataclass(frozen=True)
class Input:
    """A recognised file, ready to be read.

    Attributes
    ----------
    release
        Which layout it has.
    sheets
        Its tables of that layout.
    companions
        Tables of other layouts found beside them.
    options, limits
        What to take, what it may cost.
    """

    release: str
    sheets: tuple[Sheet, ...]
    companions: tuple[tuple[str, Sheet], ...]
    options: LoadOptions
    limits: Limits

    @property
    def label(self) -> str:
        """How messages call it."""
        return self.sheets[0].label

    def companions_of(self, dataset: str) -> list[Sheet]:
        """Select the companions that belong to a data set."""
        return [sheet for name, sheet in self.companions if release_row(name)["dataset"] == dataset]


@contextmanager
def staged(given: Input, wanted: Sequence[str]) -> Iterator[Stage]:
    """Stage the sheets of an input; see `open_stage`."""
    with open_stage(given.sheets, wanted, given.limits) as stage:
        yield stage


def small_table(sheet: Sheet, wanted: Sequence[str], limits: Limits) -> pd.DataFrame:
    """Read a table of modest size as text; empty cells are empty text.

    Raises
    ------
    DataError
        It has more rows than such a table may.
    """
    with open_stage([sheet], wanted, limits) as stage:
        return text_frame(stage)


def text_frame(stage: Stage) -> pd.DataFrame:
    """Read a whole stage as text, one column a staged name, trimmed."""
    if stage.rows > SMALL_ROWS:
        raise DataError(
            f"{stage.rows:,} rows; a table of this kind has at most {SMALL_ROWS:,}",
            where=stage.label,
        )
    columns = ", ".join(
        f"coalesce(trim({stage.column(name)}), '') AS c{at}" for at, name in enumerate(stage.names)
    )
    frame = stage.frame(f"SELECT {columns} FROM {stage.numbered} ORDER BY id")  # noqa: S608 - positional names
    frame.columns = pd.Index(stage.names)
    return frame


class Tally:
    """Sorts the rows of a small table out, one reason at a time, and counts them."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.read = len(frame)
        self.frame = frame
        self._dropped: list[Dropped] = []

    def drop(self, reason: str, mask: pd.Series) -> None:
        """Leave out the rows of a mask, for a reason."""
        count = int(mask.sum())
        if count:
            self._dropped.append(Dropped(reason, count))
            self.frame = self.frame[~mask.to_numpy(dtype=bool)]

    def counts(self, table: int, *, made: int = 0, merged: int = 0, unknown: int = 0) -> Counts:
        """Close the count."""
        return Counts(
            unit="rows",
            read=self.read,
            dropped=tuple(self._dropped),
            merged=merged,
            made=made,
            table=table,
            unknown=unknown,
        )


def numbers(column: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Turn text into numbers.

    Returns
    -------
    tuple of Series
        The numbers (missing where there is none), and where the text is something else.
    """
    lowered = column.str.strip().str.lower()
    missing = lowered.isin(["", "na", "n/a", "nan", ".", "..", "...", "null", "none"])
    found = pd.to_numeric(column.where(~missing), errors="coerce").astype("float64")
    bad = (found.isna() & ~missing) | found.isin([float("inf"), float("-inf")])
    return found, bad


def rows_of(mask: pd.Series, skip: int) -> str:
    """Name the first rows of a mask as a spreadsheet counts them."""
    rows = [index + 1 + skip for index in mask.index[mask.to_numpy(dtype=bool)]]
    shown = ", ".join(f"row {row}" for row in rows[:5])
    more = len(rows) - 5
    return f"{shown} and {more:,} more" if more > 0 else shown


def slices(names: Mapping[str, str]) -> str:
    """Lay pairs out for a message: a is b, c is d."""
    return ", ".join(f"{left} is {right}" for left, right in names.items())
