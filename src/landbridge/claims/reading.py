"""Read claims files: TOML in, a checked ledger out, every fault in one message."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from landbridge.claims.quantities import QUANTITY_KINDS, Context, Region
from landbridge.claims.schema import TEST_KINDS, Claim, ClaimsFile, Revision
from landbridge.errors import FaultsError, InputError, UnknownNameError, suggest
from landbridge.faults import line_of, own_faults
from landbridge.tables import embedded_path

MAX_BYTES = 1_000_000
NESTED_FROM = 4
"""Length of a path into a table of a claim: claims, its number, tests, their number."""
_KINDS: dict[str, type[BaseModel]] = {**TEST_KINDS, **QUANTITY_KINDS}
_NESTED: dict[str, type[BaseModel]] = {
    "claims": Claim,
    "context": Context,
    "regions": Region,
    "revised": Revision,
}
_UNIONS: dict[str, dict[str, type[Any]]] = {
    "tests": TEST_KINDS,
    "quantity": QUANTITY_KINDS,
    "other": QUANTITY_KINDS,
}
_NAMED = {"extra_forbidden", "literal_error", "union_tag_invalid", "union_tag_not_found"}
_SAID = {
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "finite_number": "must be a finite number",
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must not be below {ge:g}",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must not be above {le:g}",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must be letters and digits, joined by hyphens, a letter first",
    "tuple_type": "must be a list in square brackets",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "date_type": "must be a date without quotes, as 2026-01-01",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
}


@lru_cache(maxsize=1)
def shipped_ledger() -> ClaimsFile:
    """Read the ledger that ships with Landbridge.

    Examples
    --------
    >>> len(shipped_ledger().claims)
    20
    """
    return read_claims(embedded_path("claims", "claims.toml"))


def read_claims(path: Path) -> ClaimsFile:
    """Read one claims file.

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
        with its line.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"the file is larger than {MAX_BYTES:,} bytes.", where=str(path))
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(
            "this is not a text file in UTF-8.", where=str(path), mend="Save it as UTF-8."
        ) from None
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or "the name is not one of a file"
        raise InputError(f"cannot be read: {told}.", where=str(path)[:200]) from None
    return parse_claims(text, where=str(path))


def parse_claims(text: str, *, where: str) -> ClaimsFile:
    """Turn the text of a claims file into a ledger (see `read_claims`)."""
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # TOMLDecodeError is a ValueError; so are numbers of thousands of digits.
        raise InputError(
            f"this is not TOML: {str(error)[:200]}.",
            where=where,
            mend="See docs/claims.md for the format.",
        ) from None
    try:
        return ClaimsFile.model_validate(raw)
    except ValidationError as error:
        entries = own_faults(error.errors(include_url=False))
        faults: dict[str, str] = {}
        for entry in entries:
            place, said = _fault(entry, raw, text)
            faults.setdefault(place, said)
        raise FaultsError([f"{place}: {said}" for place, said in faults.items()],
                          where=where) from None  # fmt: skip


def find_claim(ledger: ClaimsFile, name: str) -> Claim:
    """Find a claim by its id, in any case.

    Raises
    ------
    UnknownNameError
        There is none; the message offers the nearest ones.
    """
    known = {claim.id.casefold(): claim for claim in ledger.claims}
    found = known.get(name.strip().casefold())
    if found is None:
        ids = [claim.id for claim in ledger.claims]
        raise UnknownNameError(
            f"there is no claim '{name[:60]}'.",
            mend=suggest(name, ids) or f"Claims: {', '.join(ids)}.",
        )
    return found


def _fault(entry: Any, raw: dict[str, Any], text: str) -> tuple[str, str]:  # noqa: ANN401
    path = _written(entry["loc"], raw)
    dotted = "".join(
        f"[{part + 1}]" if isinstance(part, int) else (f".{part}" if number else part)
        for number, part in enumerate(path)
    )
    line, named = _line(text, path), _claim_of(path, raw)
    place = f"line {line}, {dotted}" if line else dotted or "the file"
    return (f"{place} (claim {named})" if named else place), _said(entry, path, raw)


def _line(text: str, path: tuple[int | str, ...]) -> int | None:
    """Find the line of a key; tests and context are counted within their own claim."""
    if len(path) < NESTED_FROM or path[0] != "claims":
        return line_of(text, path)
    lines = text.splitlines()
    heads = [n for n, line in enumerate(lines) if re.match(r"\s*\[\[\s*claims\s*\]\]", line)]
    place = int(path[1])
    if place >= len(heads):
        return None
    end = heads[place + 1] if place + 1 < len(heads) else len(lines)
    found = line_of("\n".join(lines[heads[place] : end]), path[2:])
    return None if found is None else heads[place] + found


def _claim_of(path: Sequence[int | str], raw: dict[str, Any]) -> str:
    if len(path) > 1 and path[0] == "claims":
        name = _at(raw, (*path[:2], "id"))
        return name[:40] if isinstance(name, str) else ""
    return ""


def _said(entry: Any, path: tuple[int | str, ...], raw: dict[str, Any]) -> str:  # noqa: ANN401
    kind, value = str(entry["type"]), entry["input"]
    if kind in _NAMED:
        return _named(entry, path, raw)
    if kind == "value_error":
        return str(entry["ctx"]["error"])
    if kind == "missing":
        return "is missing"
    told = _SAID.get(kind, f"{entry['msg'][0].lower()}{entry['msg'][1:]}")
    return f"{told.format(**entry.get('ctx', {}))} (it is {repr(value)[:60]})"


def _named(entry: Any, path: tuple[int | str, ...], raw: dict[str, Any]) -> str:  # noqa: ANN401
    """Say what is wrong with a name, and which names are near."""
    kind, value = str(entry["type"]), entry["input"]
    if kind == "extra_forbidden":
        known = _known_keys(path, raw)
        hint = suggest(str(path[-1]), known) or f"Known keys: {', '.join(known)}."
        return f"there is no such key. {hint}"
    if kind == "literal_error":
        expected = str(entry["ctx"]["expected"])
        hint = suggest(str(value), re.findall(r"'([^']+)'", expected))
        return f"{repr(value)[:60]} is not possible here. {hint or f'Write one of: {expected}.'}"
    kinds = list(_union_of(path))
    if kind == "union_tag_not_found":
        return f"say its kind. {_listed(kinds)}"
    written = str(_at(raw, (*path, "kind")))[:60]
    return f"there is no kind '{written}'. {suggest(written, kinds) or _listed(kinds)}"


def _listed(names: Sequence[str]) -> str:
    return f"Kinds: {', '.join(names)}."


def _union_of(path: Sequence[int | str]) -> dict[str, type[Any]]:
    owner = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    return _UNIONS.get(owner, _UNIONS["tests"])


def _known_keys(path: Sequence[int | str], raw: dict[str, Any]) -> list[str]:
    """List the keys that are known where an unknown one stands."""
    holder = path[:-1]
    table = _at(raw, holder)
    owner = next((str(part) for part in reversed(holder) if isinstance(part, str)), "")
    model: type[BaseModel] = _NESTED.get(owner, ClaimsFile)
    if owner in _UNIONS and isinstance(table, dict):
        model = _UNIONS[owner].get(str(table.get("kind")), model)
    return list(model.model_fields)


def _written(location: Sequence[int | str], raw: dict[str, Any]) -> tuple[int | str, ...]:
    """Drop from pydantic's location what does not stand in the file: tags of unions."""
    path: list[int | str] = []
    node: Any = raw
    for part in location:
        if isinstance(part, str) and not (isinstance(node, dict) and part in node):
            if part in _KINDS or not isinstance(node, dict | None):
                continue
            path.append(part)
            node = None
            continue
        if isinstance(part, int) and not (isinstance(node, list) and part < len(node)):
            continue
        path.append(part)
        node = node[part]
    return tuple(path)


def _at(raw: Any, path: Sequence[int | str]) -> Any:  # noqa: ANN401 - a TOML value
    node = raw
    for part in path:
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            return None
    return node
