"""Every error that Landbridge raises for a reason the user can act on.

Each message says what happened, where (file, row, column or key) and how to mend it. Input that
has several faults is checked to the end and raises once, with all of them (`faults`).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


class LandbridgeError(Exception):
    """Base of all errors that Landbridge raises on purpose.

    Parameters
    ----------
    message
        What happened.
    where
        File, row, column or key; empty when there is no place to name.
    mend
        What the user can do about it; empty when nothing can be said.
    """

    exit_code = 1

    def __init__(self, message: str, *, where: str = "", mend: str = "") -> None:
        self.message = message
        self.where = where
        self.mend = mend
        super().__init__(self._text())

    def _text(self) -> str:
        place = f"{self.where}: " if self.where else ""
        if not self.mend:
            return f"{place}{self.message}"
        ended = self.message.endswith((".", "?", "!", ":"))
        return f"{place}{self.message}{'' if ended else '.'} {self.mend}"


class InputError(LandbridgeError):
    """Something the user wrote cannot be used: a scenario, an option, a name."""

    exit_code = 2


class UnknownNameError(InputError):
    """A country, bloc, station, crossing, scenario or key that is not known here."""


class FaultsError(InputError):
    """Several faults in one input, raised together.

    Parameters
    ----------
    faults
        One line each: place, what is wrong, how to mend it.
    where
        The input as a whole (a file's path).
    """

    def __init__(self, faults: Sequence[str], *, where: str) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        head = "1 fault" if count == 1 else f"{count} faults"
        lines = "\n".join(f"  - {fault}" for fault in self.faults)
        super().__init__(f"{head}\n{lines}", where=where)


class DataError(LandbridgeError):
    """A table or a file of data that cannot be used: it does not obey its schema, or is damaged."""

    exit_code = 2


class ConvergenceError(LandbridgeError):
    """A solver that did not reach its tolerance; carries what it knows.

    Parameters
    ----------
    residual
        Largest absolute residual at the last iterate (in the solver's own unit).
    iterations
        Iterations made.
    last
        The last iterate, for inspection; never to be used as a result.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        residual: float,
        iterations: int,
        last: object = None,
        mend: str = "",
    ) -> None:
        self.residual = residual
        self.iterations = iterations
        self.last = last
        super().__init__(
            f"{message} (largest residual {residual:.3g} after {iterations} iterations)", mend=mend
        )


class NegativeExpenditureError(ConvergenceError):
    """The additive closure leaves an economy with nothing to spend."""


class NoRouteError(InputError):
    """There is no way between two places on the network as it stands."""


def suggest(name: str, known: Iterable[str], *, limit: int = 3) -> str:
    """Say which known names are near a misspelt one.

    Parameters
    ----------
    name
        What the user wrote.
    known
        The names that would have been right.
    limit
        How many to offer.

    Returns
    -------
    str
        ``"Did you mean 'a' or 'b'?"``, or an empty string when nothing is near.

    Examples
    --------
    >>> suggest("Pakistn", ["Pakistan", "Kazakhstan", "Peru"], limit=1)
    "Did you mean 'Pakistan'?"
    """
    by_folded = {candidate.casefold(): candidate for candidate in known}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=limit, cutoff=0.6)
    if not near:
        return ""
    quoted = [f"'{by_folded[folded]}'" for folded in near]
    if len(quoted) == 1:
        return f"Did you mean {quoted[0]}?"
    return f"Did you mean {', '.join(quoted[:-1])} or {quoted[-1]}?"
