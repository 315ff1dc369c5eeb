"""Turn a table into arrays for estimation: every fault at once, every dropped row counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from landbridge.errors import FaultsError, InputError, suggest
from landbridge.gravity.spec import SYMMETRIC_PAIR, GravitySpec, GroupBy, title
from landbridge.units import BoolArray, FloatArray, IntArray

MOST_SHOWN = 3
LARGEST = 1e50
"""Beyond it products of three numbers leave what a float can hold."""
INTERCEPT = "intercept"


@dataclass(frozen=True)
class Key:
    """One key column as whole numbers.

    Attributes
    ----------
    codes
        ``[rows]`` position of each row's value in `levels`; -1 where it is missing.
    levels
        The values, sorted.
    """

    codes: IntArray
    levels: pd.Index


@dataclass(frozen=True)
class Grouping:
    """Rows sorted into the groups of one fixed effect or cluster.

    Attributes
    ----------
    title
        What a reader sees.
    columns
        The columns whose combinations are the groups.
    symmetric
        Whether the two directions of a pair are one group.
    codes
        ``[rows]`` number of each row's group.
    count
        How many groups.
    first
        ``[count]`` a row of each group, to read its labels from.
    """

    title: str
    columns: tuple[str, ...]
    symmetric: bool
    codes: IntArray
    count: int
    first: IntArray

    def keep(self, rows: IntArray) -> Grouping:
        """Keep the grouping of some of the rows; empty groups vanish."""
        codes, count, first = compress(self.codes[rows])
        return replace(self, codes=codes, count=count, first=first)


@dataclass(frozen=True)
class Panel:
    """What the estimator works on.

    Attributes
    ----------
    row
        ``[rows]`` positions of the rows in the user's table.
    outcome, offset, weights
        ``[rows]``; offset 0 and weights 1 where the specification names none.
    names, regressors
        K names and ``[K, rows]``.
    keys
        Exporter, importer, year and sector, by the name of their role.
    columns
        The user's name of each role's column.
    others
        Further columns that groups are made of, by name.
    effects, clusters
        The fixed effects and the clusters of the specification.
    dropped
        Rows left out so far, by reason.
    """

    row: IntArray
    outcome: FloatArray
    offset: FloatArray
    weights: FloatArray
    names: tuple[str, ...]
    regressors: FloatArray
    keys: Mapping[str, Key]
    columns: Mapping[str, str]
    others: Mapping[str, Key]
    effects: tuple[Grouping, ...]
    clusters: tuple[Grouping, ...]
    dropped: Mapping[str, int] = field(default_factory=dict)

    def codes_of(self, column: str) -> IntArray | None:
        """Look up the codes of a key column by the user's name; None where it is no key."""
        for role, name in self.columns.items():
            if name == column:
                return self.keys[role].codes
        return self.others[column].codes if column in self.others else None

    def keep(self, rows: BoolArray, reason: str) -> Panel:
        """Keep some of the panel's rows, and count the others under a reason."""
        chosen = np.flatnonzero(rows)
        count = self.dropped.get(reason, 0) + len(rows) - len(chosen)
        dropped = {**self.dropped, reason: count}
        if len(chosen) == len(rows):
            return replace(self, dropped=dropped)
        keys = {role: replace(key, codes=key.codes[chosen]) for role, key in self.keys.items()}
        others = {name: replace(key, codes=key.codes[chosen]) for name, key in self.others.items()}
        return replace(
            self,
            row=self.row[chosen],
            outcome=self.outcome[chosen],
            offset=self.offset[chosen],
            weights=self.weights[chosen],
            regressors=np.ascontiguousarray(self.regressors[:, chosen]),
            keys=keys,
            others=others,
            effects=tuple(effect.keep(chosen) for effect in self.effects),
            clusters=tuple(cluster.keep(chosen) for cluster in self.clusters),
            dropped=dropped,
        )


def compress(codes: IntArray) -> tuple[IntArray, int, IntArray]:
    """Renumber groups from 0 without gaps, in the order of their old numbers.

    Returns
    -------
    tuple
        New codes ``[rows]``, the number of groups, and a row of each group.
    """
    highest = int(codes.max()) + 1 if len(codes) else 0
    if highest <= 4 * len(codes) + 1024:
        first_of = np.full(highest, -1, dtype=np.int64)
        first_of[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
        present = first_of >= 0
        number = np.cumsum(present) - 1
        return number[codes], int(present.sum()), first_of[present]
    _, first, new = np.unique(codes, return_index=True, return_inverse=True)
    return new.astype(np.int64), len(first), first.astype(np.int64)


def prepare(spec: GravitySpec, table: pd.DataFrame) -> Panel:
    """Check a table against a specification and turn it into arrays.

    Parameters
    ----------
    spec
        What is to be estimated.
    table
        One row a flow; not changed.

    Returns
    -------
    Panel

    Raises
    ------
    FaultsError
        Columns that are missing or not numbers, keys that are missing or repeated, negative
        flows, weights that are not positive, a single economy; all of them at once.
    """
    faults = _missing_columns(spec, table)
    if faults:
        raise FaultsError(faults, where="panel")
    if table.empty:
        raise InputError("the panel has no rows.", where="panel")
    numbers = {name: _numbers(table, name, faults) for name in _number_columns(spec)}
    keys = _keys(spec, table, faults)
    _check_values(spec, numbers, table.index, faults)
    _check_keys(spec, keys, table.index, faults)
    if faults:
        raise FaultsError(faults, where="panel")
    encoded = {name: key.codes for name, key in keys.items()}
    sizes = {name: len(key.levels) for name, key in keys.items()}
    count, roles = len(table), _roles(spec)
    names = spec.regressors if spec.fixed_effects else (*spec.regressors, INTERCEPT)
    columns = [numbers[name] for name in spec.regressors]
    if not spec.fixed_effects:
        columns.append(np.ones(count))
    clusters = spec.cluster if _clusters_wanted(spec) else ()
    outcome = numbers[spec.outcome]
    if spec.transform == "log":
        outcome = np.log(np.where(outcome > 0, outcome, np.nan))
    panel = Panel(
        row=np.arange(count),
        outcome=outcome,
        offset=numbers[spec.offset] if spec.offset else np.zeros(count),
        weights=numbers[spec.weights] if spec.weights else np.ones(count),
        names=names,
        regressors=np.array(columns).reshape(len(columns), count),
        keys={role: keys[name] for role, name in roles.items()},
        columns=roles,
        others={name: key for name, key in keys.items() if name not in roles.values()},
        effects=tuple(_grouping(spec, each, encoded, sizes) for each in spec.fixed_effects),
        clusters=tuple(_grouping(spec, each, encoded, sizes) for each in clusters),
    )
    return _drop_incomplete(spec, panel, numbers[spec.outcome], table.index)


def _drop_incomplete(
    spec: GravitySpec, panel: Panel, raw_outcome: FloatArray, index: pd.Index
) -> Panel:
    complete = np.isfinite(panel.offset) & np.isfinite(panel.weights) & np.isfinite(raw_outcome)
    complete &= np.isfinite(panel.regressors).all(axis=0)
    if spec.missing == "refuse" and not complete.all():
        rows = np.flatnonzero(~complete)
        raise InputError(
            f"{len(rows)} rows lack a value ({_rows(rows, index)}).",
            where="panel",
            mend='Fill them, or set missing = "drop".',
        )
    positive = raw_outcome[complete] > 0
    panel = panel.keep(complete, "missing")
    if spec.transform == "log":
        panel = panel.keep(positive, "not positive")
    if len(panel.row) == 0:
        raise InputError("no row has all its values.", where="panel")
    if spec.estimator == "ppml" and not positive.any():
        raise InputError(
            f"the outcome '{spec.outcome}' is zero in every row.",
            where="panel",
            mend="There is nothing to explain.",
        )
    return panel


def _roles(spec: GravitySpec) -> dict[str, str]:
    named = {
        "exporter": spec.exporter,
        "importer": spec.importer,
        "year": spec.year,
        "sector": spec.sector,
    }
    return {role: name for role, name in named.items() if name is not None}


def _clusters_wanted(spec: GravitySpec) -> bool:
    return spec.inference.value in {"ppmlhdfe-cluster", "agtpa-cluster", "pair-bootstrap"}


def _columns_of(spec: GravitySpec, group: GroupBy) -> tuple[str, ...]:
    """List the columns of a group; roles that the specification leaves out stay as they are."""
    if isinstance(group, tuple):
        return group
    words = group.removeprefix("symmetric-").replace("pair", "exporter-importer").split("-")
    roles = _roles(spec)
    return tuple(roles.get(word, f"({word})") for word in words)


def _missing_columns(spec: GravitySpec, table: pd.DataFrame) -> list[str]:
    wanted: dict[str, str] = dict.fromkeys(_number_columns(spec), "")
    wanted |= dict.fromkeys(_roles(spec).values(), "a key")
    clusters = spec.cluster if _clusters_wanted(spec) else ()
    faults = []
    for group in (*spec.fixed_effects, *clusters):
        for column in _columns_of(spec, group):
            if column.startswith("("):
                role = column.strip("()")
                faults.append(
                    f"'{title(group)}' needs the {role} of a row, but the specification says"
                    f" {role} = none. Name the column."
                )
            else:
                wanted.setdefault(column, "")
    known = [str(column) for column in table.columns]
    for column, kind in wanted.items():
        if column in table.columns:
            continue
        hint = suggest(column, known) or f"Columns: {', '.join(known[:20])}."
        if kind == "a key":
            role = next(role for role, name in _roles(spec).items() if name == column)
            hint += f" A panel without {role}s: set {role} to none."
        faults.append(f"there is no column '{column}'. {hint}")
    return list(dict.fromkeys(faults))


def _number_columns(spec: GravitySpec) -> list[str]:
    extra = [name for name in (spec.offset, spec.weights) if name is not None]
    return list(dict.fromkeys([spec.outcome, *spec.regressors, *extra]))


def _numbers(table: pd.DataFrame, name: str, faults: list[str]) -> FloatArray:
    column = table[name]
    if isinstance(column, pd.DataFrame):
        faults.append(f"column '{name}' stands twice. Rename one.")
        return np.zeros(len(table))
    try:
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        found = pd.to_numeric(column, errors="coerce")
        bad = np.flatnonzero(found.isna().to_numpy() & column.notna().to_numpy())
        shown = ", ".join(repr(column.iloc[row]) for row in bad[:MOST_SHOWN])
        faults.append(f"column '{name}', {_rows(bad, table.index)}: not a number ({shown}).")
        return np.zeros(len(table))
    infinite = np.flatnonzero(np.isinf(values))
    if len(infinite):
        faults.append(
            f"column '{name}', {_rows(infinite, table.index)}: the value is infinite (the "
            "logarithm of zero?)."
        )
    beyond = np.flatnonzero(np.isfinite(values) & (np.abs(values) > LARGEST))
    if len(beyond):
        faults.append(
            f"column '{name}', {_rows(beyond, table.index)}: a value above {LARGEST:g} cannot be "
            "computed with. State it in a larger unit."
        )
    return np.asarray(values)


def _keys(spec: GravitySpec, table: pd.DataFrame, faults: list[str]) -> dict[str, Key]:
    clusters = spec.cluster if _clusters_wanted(spec) else ()
    names = list(_roles(spec).values())
    for group in (*spec.fixed_effects, *clusters):
        names.extend(_columns_of(spec, group))
    keys: dict[str, Key] = {}
    roles = _roles(spec)
    together = [roles[role] for role in ("exporter", "importer") if role in roles]
    for name in dict.fromkeys(names):
        keys[name] = _factorize(table[name])
        missing = np.flatnonzero(keys[name].codes < 0)
        if len(missing):
            faults.append(
                f"column '{name}', {_rows(missing, table.index)}: the key is missing. Fill it."
            )
    if len(together) == len(("exporter", "importer")):
        # Exporters and importers are the same economies: one numbering for both.
        levels = keys[together[0]].levels.union(keys[together[1]].levels)
        for name in together:
            moved = levels.get_indexer(keys[name].levels)
            codes = np.where(keys[name].codes >= 0, moved[keys[name].codes], -1)
            keys[name] = Key(codes=codes.astype(np.int64), levels=levels)
    return keys


def _factorize(column: pd.Series) -> Key:
    try:
        codes, levels = pd.factorize(column, sort=True)
    except TypeError:
        codes, levels = pd.factorize(column.astype(str).where(column.notna()), sort=True)
    return Key(codes=codes.astype(np.int64), levels=pd.Index(levels))


def _check_values(
    spec: GravitySpec, numbers: Mapping[str, FloatArray], index: pd.Index, faults: list[str]
) -> None:
    outcome = numbers[spec.outcome]
    negative = np.flatnonzero(outcome < 0)
    if spec.estimator == "ppml" and len(negative):
        faults.append(
            f"column '{spec.outcome}', {_rows(negative, index)}: a flow is negative"
            f" ({outcome[negative[0]]:g}). A flow is zero or more; a balance is not a flow."
        )
    largest = float(np.nanmax(outcome, initial=0.0))
    if spec.estimator == "ppml" and 0 < largest < 1.0 / LARGEST:
        faults.append(
            f"column '{spec.outcome}': every flow is below {1.0 / LARGEST:g}. State it in a "
            "smaller unit."
        )
    if spec.weights:
        weights = numbers[spec.weights]
        bad = np.flatnonzero(weights <= 0)
        if len(bad):
            faults.append(
                f"column '{spec.weights}', {_rows(bad, index)}: a weight is not positive."
                " Drop rows that should not count."
            )


def _check_keys(
    spec: GravitySpec, keys: Mapping[str, Key], index: pd.Index, faults: list[str]
) -> None:
    roles = _roles(spec)
    present = [keys[name] for name in roles.values()]
    if any((key.codes < 0).any() for key in present):
        return
    pair = [keys[roles[role]] for role in ("exporter", "importer") if role in roles]
    if len(pair) == len(("exporter", "importer")):
        economies = np.unique(np.concatenate([np.unique(key.codes) for key in pair]))
        if len(economies) < 2:  # noqa: PLR2004 - trade takes two
            only = pair[0].levels[int(economies[0])]
            faults.append(f"the panel holds one economy only ({only}). Gravity needs at least two.")
        codes = _combine([key.codes for key in present], [len(key.levels) for key in present])
        repeated = _repeated(codes)
        if len(repeated):
            where = ", ".join(str(key.levels[int(key.codes[repeated[0]])]) for key in present)
            faults.append(
                f"{len(repeated)} rows repeat an earlier key"
                f" ({', '.join(roles.values())} = {where}; {_rows(repeated, index)})."
                " Sum them, or name the key that tells them apart (sector)."
            )


def _repeated(codes: IntArray) -> IntArray:
    """Find the rows whose code stands in an earlier row."""
    if int(codes.max()) <= 8 * len(codes) + 1024 and int(np.bincount(codes).max()) == 1:
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(pd.Series(codes).duplicated().to_numpy())


def _combine(codes: list[IntArray], sizes: list[int]) -> IntArray:
    """Assign a number to each combination of codes; the numbers have gaps."""
    combined = codes[0].astype(np.int64)
    span = sizes[0]
    for code, size in zip(codes[1:], sizes[1:], strict=True):
        if span > 2**62 // max(size, 1):
            combined, span, _ = compress(combined)
        combined = combined * size + code
        span *= size
    return combined


def _grouping(
    spec: GravitySpec, group: GroupBy, codes: Mapping[str, IntArray], sizes: Mapping[str, int]
) -> Grouping:
    columns = _columns_of(spec, group)
    symmetric = isinstance(group, str) and group.startswith(SYMMETRIC_PAIR)
    parts = [codes[name] for name in columns]
    if symmetric:
        parts[:2] = [np.minimum(parts[0], parts[1]), np.maximum(parts[0], parts[1])]
    combined = _combine(parts, [sizes[name] for name in columns])
    numbered, count, first = compress(combined)
    return Grouping(
        title=title(group),
        columns=columns,
        symmetric=symmetric,
        codes=numbered,
        count=count,
        first=first,
    )


def _rows(rows: IntArray, index: pd.Index) -> str:
    """Name rows by the table's own labels: a file's are those of a spreadsheet."""
    shown = ", ".join(str(index[int(row)]) for row in rows[:MOST_SHOWN])
    if len(rows) == 1:
        return f"row {shown}"
    return f"rows {shown}{', ...' if len(rows) > MOST_SHOWN else ''}"
