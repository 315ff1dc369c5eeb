"""What a scenario file may hold, for a reader and for an editor: kinds of measures, JSON schema."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd
from pydantic import BaseModel

from landbridge.scenarios.measures.registry import kinds
from landbridge.scenarios.schema import Focus, ParameterOverride, Scenario, TripRequest
from landbridge.scenarios.values.costs import Cost
from landbridge.scenarios.values.fields import Band, PercentBand

OF_ALL = ("id", "kind", "title", "source")
"""Keys of every measure."""
_OTHERS: tuple[type[BaseModel], ...] = (
    Scenario,
    Focus,
    TripRequest,
    Cost,
    ParameterOverride,
    Band,
    PercentBand,
)


def kinds_table() -> pd.DataFrame:
    """List the kinds of measures with the keys that each has of its own.

    Returns
    -------
    pandas.DataFrame
        One row a kind: kind, keys (those that can be left out in brackets), what.
    """
    rows = []
    for name, kind in kinds().items():
        own = {key: field for key, field in kind.model_fields.items() if key not in OF_ALL}
        keys = [key if field.is_required() else f"[{key}]" for key, field in own.items()]
        rows.append((name, ", ".join(keys), _first_line(kind)))
    return pd.DataFrame(rows, columns=["kind", "keys", "what"])


def file_schema() -> Mapping[str, Any]:
    """Write the format of a scenario file as a JSON schema, each key with its explanation.

    Editors that know JSON schemas for TOML complete and check a file with it.
    """
    schema = Scenario.model_json_schema()
    for model in (*_OTHERS, *kinds().values()):
        told = schema if model is Scenario else schema["$defs"].get(model.__name__, {})
        for key, text in field_texts(model).items():
            if key in told.get("properties", {}):
                told["properties"][key]["description"] = text
    return schema


def field_texts(model: type[BaseModel]) -> dict[str, str]:
    """Read the texts that stand under the fields of a model and of its bases."""
    found: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if issubclass(one, BaseModel) and one.__module__.startswith("landbridge."):
            found |= _own_texts(one)
    return found


def _own_texts(model: type[BaseModel]) -> dict[str, str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(model)))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    found = {}
    for line, after in pairwise(body):
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            match after:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    found[line.target.id] = " ".join(text.split())
    return found


def _first_line(kind: type[BaseModel]) -> str:
    return inspect.cleandoc(kind.__doc__ or "").split("\n", maxsplit=1)[0].removesuffix(".")
