"""Read the files of published studies that ship."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from landbridge.errors import FaultsError, UnknownNameError, suggest
from landbridge.studies.bridge.schema import StudyFile

FOLDER = Path(__file__).with_name("published")


def known_studies() -> tuple[str, ...]:
    """List the names of the studies that ship, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@lru_cache(maxsize=16)
def read_study(name: str) -> StudyFile:
    """Read a study by its name.

    Raises
    ------
    UnknownNameError
        No such study ships.
    FaultsError
        The file cannot be used; all faults at once.
    """
    if name not in known_studies():
        raise UnknownNameError(
            f"there is no study {name!r}.",
            mend=suggest(name, known_studies()) or f"Choose one of {', '.join(known_studies())}.",
        )
    path = FOLDER / f"{name}.toml"
    try:
        return StudyFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        faults = [
            f"{'.'.join(str(part) for part in entry['loc'])}: {entry['msg']}"
            for entry in error.errors()
        ]
        raise FaultsError(faults, where=path.name) from None
