"""Read scenario files: TOML in, a checked `Scenario` out, every fault in one message."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from landbridge.errors import FaultsError, InputError, UnknownNameError, suggest
from landbridge.faults import line_of, own_faults
from landbridge.scenarios.measures.registry import kinds
from landbridge.scenarios.schema import (
    AttachedFile,
    DataTable,
    Focus,
    ParameterOverride,
    Scenario,
    TripRequest,
)
from landbridge.scenarios.values.benefits import BenefitSettings, Passengers
from landbridge.scenarios.values.costs import Cost
from landbridge.scenarios.values.fields import Band

MAX_BYTES = 1_000_000
MAX_BYTES_BESIDE = 5_000_000
ADDED_LATER = (
    "agreement_parts", "choice", "data", "border_year", "month", "costs", "constraints",
    "labour_supply_elasticity", "benefits", "passengers",
)  # fmt: skip
CATALOGUE = Path(str(resources.files("landbridge"))) / "scenarios" / "catalogue"
_NESTED: dict[str, type[BaseModel]] = {
    "benefits": BenefitSettings,
    "passengers": Passengers,
    "costs": Cost,
    "focus": Focus,
    "trips": TripRequest,
    "parameters": ParameterOverride,
}
_SCALAR_MESSAGES = {
    "greater_than_equal": "must not be below {ge:g}",
    "greater_than": "must be above {gt:g}",
    "less_than_equal": "must not be above {le:g}",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "string_type": "must be text in quotes",
    "tuple_type": "must be a list in square brackets",
    "date_type": "must be a date without quotes, as 2026-01-01",
    "model_type": "must be a table",
    "dict_type": "must be a table",
    "string_pattern_mismatch": "must be lower case letters and digits, joined by hyphens",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
}


def catalogue_names() -> tuple[str, ...]:
    """List the names of the scenarios that ship with Landbridge, sorted."""
    return tuple(sorted(path.stem for path in CATALOGUE.glob("*.toml")))


def find_scenario(name_or_file: str) -> Path:
    """Find a scenario by its name in the catalogue or by the path of a file.

    Raises
    ------
    UnknownNameError
        Neither a scenario of that name nor such a file; offers the nearest names.
    """
    if name_or_file in catalogue_names():
        return CATALOGUE / f"{name_or_file}.toml"
    path = Path(name_or_file)
    try:
        if path.is_file():
            return path
    except (OSError, ValueError):
        # Too long for a path, or not one at all: then it is not the name of a file either.
        raise UnknownNameError(f"there is no file '{name_or_file[:60]}...'.") from None
    looks_like_path = path.suffix != "" or len(path.parts) > 1
    if looks_like_path:
        raise UnknownNameError(f"there is no file '{name_or_file}'.", mend="Check the path.")
    hint = suggest(name_or_file, catalogue_names())
    raise UnknownNameError(
        f"there is no scenario '{name_or_file}'.",
        mend=hint or "`landbridge scenarios` lists them.",
    )


def read_scenario(path: Path) -> Scenario:
    """Read one scenario file.

    Parameters
    ----------
    path
        A TOML file of at most 1 MB.

    Returns
    -------
    Scenario

    Raises
    ------
    InputError
        The file cannot be read, is too large or is not TOML; says the line and column.
    FaultsError
        Keys that are unknown or missing, values that are out of range, files beside it that
        cannot be read; all of them at once.
    """
    scenario = parse_scenario(_text(path), where=str(path))
    return scenario.with_files(_beside(scenario, path))


def attach(name: str, path: Path) -> AttachedFile:
    """Read a file of lines or of data as text; nothing in it is executed.

    Raises
    ------
    InputError
        The file cannot be read, is too large or is not text.
    """
    text = _text(path, limit=MAX_BYTES_BESIDE)
    return AttachedFile(name, text, hashlib.sha256(text.encode()).hexdigest())


def _beside(scenario: Scenario, path: Path) -> dict[str, AttachedFile]:
    """Read the files that a scenario names; they lie in its folder or below."""
    folder = path.resolve().parent
    found: dict[str, AttachedFile] = {}
    faults = []
    for name in scenario.file_names():
        # A link on the disk must not lead out of the folder either.
        file = (folder / name).resolve()
        if not file.is_relative_to(folder):
            faults.append(f"'{name}' does not lie in the folder of the scenario")
            continue
        try:
            found[name] = attach(name, file)
        except InputError as error:
            faults.append(f"file '{name}': {error.message} {error.mend}".rstrip())
    if faults:
        raise FaultsError(faults, where=str(path))
    return found


def parse_scenario(text: str, *, where: str) -> Scenario:
    """Turn the text of a scenario file into a `Scenario` (see `read_scenario`)."""
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # TOMLDecodeError is a ValueError; so are numbers of thousands of digits.
        raise InputError(
            f"this is not TOML: {str(error)[:200]}.",
            where=where,
            mend="See docs/scenarios.md for the format.",
        ) from None
    return _validated(raw, text, where)


def check_scenario(content: Mapping[str, object], *, where: str = "") -> Scenario:
    """Turn the content of a scenario file into a `Scenario`, with the checks of `read_scenario`.

    Files that it names (lines, tables of data) are looked for from the current folder.

    Raises
    ------
    FaultsError
        Keys that are unknown or missing, values that are out of range; all of them at once.
    """
    named = where or str(content.get("name", "scenario"))
    raw = {"format": 1, **content}
    if isinstance(raw.get("date"), str):
        raw["date"] = _day(str(raw["date"]))
    made = _validated(raw, "", named)
    return made.with_files(_beside(made, Path(named)))


def _day(text: str) -> dt.date | str:
    """Read a day; a text that is none is left for the check that says so."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return text


def _validated(raw: dict[str, Any], text: str, where: str) -> Scenario:
    try:
        return Scenario.model_validate(raw)
    except ValidationError as error:
        entries = own_faults(error.errors(include_url=False))
        faults = [_fault(entry, raw, text) for entry in entries]
        raise FaultsError(list(dict.fromkeys(faults)), where=where) from None


def scenario_sha256(scenario: Scenario) -> str:
    """Hash a scenario's content, independent of layout and comments."""
    # A key at the default it had before it could be written is left out: old hashes then hold.
    added_later = {name for name in ADDED_LATER if _at_default(scenario, name)}
    text = scenario.model_dump_json(exclude=added_later or None)
    files = [f"{name}:{file.sha256}" for name, file in sorted(scenario.files.items())]
    return hashlib.sha256("\n".join([text, *files]).encode()).hexdigest()


def _at_default(scenario: Scenario, name: str) -> bool:
    field = Scenario.model_fields[name]
    return bool(getattr(scenario, name) == field.get_default(call_default_factory=True))


@contextmanager
def faults_with_lines(path: Path) -> Iterator[None]:
    """Add the line to each fault that names a measure, the focus, a trip or a parameter.

    Names are checked when a scenario is prepared, where its text is no longer at hand.
    """
    try:
        yield
    except FaultsError as error:
        text = _text(path)
        raw = tomllib.loads(text)
        faults = [_with_line(fault, raw, text) for fault in error.faults]
        raise FaultsError(faults, where=error.where) from None


def _with_line(fault: str, raw: dict[str, Any], text: str) -> str:
    named = re.match(r"measure ([a-z0-9-]+):", fault)
    if named:
        ids = [measure.get("id") for measure in raw.get("measures", ())]
        place: tuple[int | str, ...] = ("measures", ids.index(named[1])) if named[1] in ids else ()
    else:
        key = re.match(r"([a-z]+)(?:\[(\d+)\])?\.([a-z_]+):", fault)
        parts = (key[1], int(key[2]) - 1 if key[2] else None, key[3]) if key else ()
        place = tuple(part for part in parts if part is not None)
    line = line_of(text, place) if place else None
    return f"line {line}, {fault}" if line and not fault.startswith("line ") else fault


def _text(path: Path, *, limit: int = MAX_BYTES) -> str:
    try:
        found = path.stat()
        if not (S_ISREG(found.st_mode) or S_ISDIR(found.st_mode)):
            # A pipe waits for a writer, and a device need never end.
            raise InputError("this is a pipe or a device, not a file.", where=str(path))
        if found.st_size > limit:
            raise InputError(f"the file is larger than {limit:,} bytes.", where=str(path))
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(
            "this is not a text file in UTF-8.", where=str(path), mend="Save it as UTF-8."
        ) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}.", where=str(path)) from None


def _fault(entry: Any, raw: dict[str, Any], text: str) -> str:  # noqa: ANN401 - pydantic's shape
    path = _plain_path(entry["loc"], raw)
    line = line_of(text, path)
    place = f"line {line}, {_dotted(path)}" if line else _dotted(path) or "the file"
    return f"{place}: {_what_is_wrong(entry, path, raw)}"


def _what_is_wrong(entry: Any, path: tuple[int | str, ...], raw: dict[str, Any]) -> str:  # noqa: ANN401
    kind, value = str(entry["type"]), entry["input"]
    if kind == "extra_forbidden":
        known = _known_keys(path, raw)
        hint = suggest(str(path[-1]), known) or f"Known keys: {', '.join(sorted(known))}."
        said = f"there is no such key. {hint}"
    elif kind == "union_tag_invalid":
        written = str(_value_at(raw, (*path, "kind")))
        hint = suggest(written, kinds()) or f"Kinds: {', '.join(kinds())}."
        said = f"there is no measure of kind '{written}'. {hint}"
    elif kind == "union_tag_not_found":
        said = f"say what kind of measure this is. Kinds: {', '.join(kinds())}."
    elif kind == "literal_error" and path[0] == "data":
        hint = suggest(str(value), get_args(DataTable))
        said = f"there is no such table of defaults. {hint or _listed(get_args(DataTable))}"
    elif kind == "literal_error":
        expected = str(entry["ctx"]["expected"])
        hint = suggest(str(value), re.findall(r"'([^']+)'", expected))
        said = f"{value!r} is not possible here. {hint or f'Write one of: {expected}.'}"
    elif kind == "missing":
        said = "is missing"
    elif kind in _SCALAR_MESSAGES:
        said = f"{_SCALAR_MESSAGES[kind].format(**entry.get('ctx', {}))} (it is {repr(value)[:60]})"
    elif kind == "value_error":
        said = str(entry["ctx"]["error"])
    else:
        said = f"{entry['msg'][0].lower()}{entry['msg'][1:]} (it is {value!r})"
    return said


def _listed(names: Sequence[str]) -> str:
    return f"Known: {', '.join(names)}."


def _plain_path(location: Sequence[int | str], raw: dict[str, Any]) -> tuple[int | str, ...]:
    """Drop from pydantic's location what does not stand in the file: union tags."""
    path: list[int | str] = []
    node: Any = raw
    for part in location:
        if isinstance(part, str) and isinstance(node, dict) and part not in node:
            if part in kinds():
                continue
            path.append(part)
            node = None
            continue
        if isinstance(part, str) and not isinstance(node, dict):
            continue
        if isinstance(part, int) and isinstance(node, list) and part >= len(node):
            break  # An entry that is missing has no place in the file.
        path.append(part)
        node = node[part] if node is not None else None
    return tuple(path)


def _dotted(path: Sequence[int | str]) -> str:
    text = ""
    for part in path:
        # People count from one.
        text += f"[{part + 1}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text


def _value_at(raw: Any, path: Sequence[int | str]) -> Any:  # noqa: ANN401 - a TOML value
    node = raw
    for part in path:
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            return None
    return node


def _known_keys(path: Sequence[int | str], raw: dict[str, Any]) -> list[str]:
    if len(path) == 1:
        return list(Scenario.model_fields)
    if path[0] == "measures":
        if len(path) > 3:  # noqa: PLR2004 - measures, index, key: deeper is a band
            return list(Band.model_fields)
        kind = str(_value_at(raw, (*path[:2], "kind")))
        return list(kinds()[kind].model_fields)
    if path[0] == "data":
        return list(get_args(DataTable))
    return list(_NESTED[str(path[0])].model_fields)
