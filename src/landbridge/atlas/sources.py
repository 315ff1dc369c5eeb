"""Sources: where each fact of the atlas was read, and where a recalled one can be checked."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from landbridge.atlas.facts import records
from landbridge.errors import UnknownNameError, suggest


class Source(BaseModel):
    """A place where facts can be checked.

    Attributes
    ----------
    source
        Identity, as the fact tables cite it.
    title, publisher, url, kind, published, note
        What it is, who published it, where and when, as far as known.
    read_on
        Day by which it was read; None where it was not, and is named for checking alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    title: str
    publisher: str
    url: str
    kind: str
    published: str
    read_on: date | None
    note: str

    @property
    def citation(self) -> str:
        """One line: publisher, title, date, address."""
        parts = [f"{self.publisher}: {self.title}", self.published, self.url]
        return ", ".join(part for part in parts if part)


@lru_cache(maxsize=1)
def _by_identity() -> dict[str, Source]:
    return {item.source: item for item in records("sources", Source)}


def sources() -> tuple[Source, ...]:
    """Read every source, sorted by identity."""
    return tuple(_by_identity().values())


def source(identity: str) -> Source:
    """Look up one source by its identity.

    Raises
    ------
    UnknownNameError
        There is none of that identity.
    """
    found = _by_identity().get(identity)
    if found is None:
        mend = suggest(identity, _by_identity())
        raise UnknownNameError(f"'{identity}' is not a known source.", mend=mend)
    return found
