"""From what a user writes at the shell to one scenario: a name, a file, ``a+b``, and changes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from landbridge.scenarios.combining import check_parts, combine
from landbridge.scenarios.reading import faults_with_lines, find_scenario, read_scenario
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.varying import SHARED, read_setting, vary


def ask(text: str, settings: Sequence[str] = ()) -> Scenario:
    """Read a scenario, combine several, change values.

    Parameters
    ----------
    text
        A name of the catalogue, the path of a file, or several of them joined by plus signs.
    settings
        ``key=value`` texts (`varying.vary`). Keys in which combined scenarios must agree, such
        as the date, are set in each of them first.

    Raises
    ------
    UnknownNameError
        There is no such scenario.
    FaultsError
        A file is at fault, the scenarios cannot be combined, or a setting cannot be made.

    Examples
    --------
    >>> ask("n-cpec-plus", ["measures.crossing-times.probability_open=0.9"]).name
    'n-cpec-plus'
    """
    parts = [read_scenario(path) for path in paths_of(text)]
    if len(parts) == 1:
        return vary(parts[0], settings)
    shared = [each for each in settings if read_setting(each)[0][0] in SHARED]
    agreed = [vary(part, shared).model_copy(update={"summary": part.summary}) for part in parts]
    return vary(combine(agreed), settings)


def paths_of(text: str) -> tuple[Path, ...]:
    """Find the file of each part of ``a+b``; a file whose own name has a plus counts whole."""
    if Path(text).suffix == ".toml" and Path(text).is_file():
        return (Path(text),)
    return tuple(find_scenario(part) for part in check_parts(text))


def lines_of(text: str) -> AbstractContextManager[None]:
    """Add line numbers to faults of a single file; nothing for several."""
    paths = paths_of(text)
    return faults_with_lines(paths[0]) if len(paths) == 1 else nullcontext()
