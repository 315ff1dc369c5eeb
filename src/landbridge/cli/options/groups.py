"""Options that many verbs share, as groups: a verb takes a group, the shell sees its options.

A group is a dataclass whose fields are annotated as options. `command` makes of a function that
takes groups one that takes each option by its name, which is what typer reads.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

import typer

from landbridge.cli.options.model import (
    EstimatesOption,
    FittedOption,
    ModelOptions,
    TariffsOption,
    WorldAsOption,
    WorldOption,
    WorldYearOption,
)
from landbridge.cli.options.network import BorderYearOption, DataOption
from landbridge.cli.printing.answering import (
    Answer,
    BoundariesOption,
    CsvOption,
    DrawsOption,
    JobsOption,
    JsonOption,
    MapOutOption,
    OutOption,
    SeedOption,
)
from landbridge.draws.defaults import CLAIM_DRAWS, DEFAULT_DRAWS, DEFAULT_SEED, FEWER_DRAWS
from landbridge.report.maps.boundaries import BoundaryView


@dataclass(frozen=True)
class OwnWorld(ModelOptions):
    """Flows of the user's own."""

    world: WorldOption = None
    year: WorldYearOption = None
    world_as: WorldAsOption = None
    fitted: FittedOption = False


@dataclass(frozen=True)
class Estimated(OwnWorld):
    """Flows and tariffs of the user's own, and what was estimated from them."""

    estimates: EstimatesOption = None
    tariffs: TariffsOption = None


@dataclass(frozen=True)
class Ground(Estimated):
    """All that a study stands on: flows, estimates, rows of the network, year of the borders."""

    data: DataOption = None
    border_year: BorderYearOption = None


@dataclass(frozen=True)
class Sample:
    """How many draws, and from which seed."""

    draws: DrawsOption = DEFAULT_DRAWS
    seed: SeedOption = DEFAULT_SEED


@dataclass(frozen=True)
class Chance(Sample):
    """How many draws, from which seed, and in how many processes."""

    jobs: JobsOption = 0


UNDRAWN: Final = Chance(draws=0)
FEWER: Final = Chance(draws=FEWER_DRAWS)
VERDICTS: Final = Chance(draws=CLAIM_DRAWS)
"""For a study in which a draw solves many equilibria."""


@dataclass(frozen=True)
class TableAnswer(Answer):
    """A page, JSON or a table."""

    out: OutOption = None
    json: JsonOption = False
    csv: CsvOption = False


@dataclass(frozen=True)
class MapAnswer(Answer):
    """A page with a map, JSON or a table."""

    out: MapOutOption = None
    json: JsonOption = False
    csv: CsvOption = False
    boundaries: BoundariesOption = BoundaryView.UN


@dataclass(frozen=True)
class FiledAnswer(TableAnswer):
    """As `TableAnswer`, and a folder where nothing else is asked for."""

    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for page, workbook and tables. Default: landbridge-results/..., unless "
            "--json or --csv is given."
        ),
    ] = None


@dataclass(frozen=True)
class RunAnswer(Answer):
    """The report of a run, or JSON."""

    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the report. Default: landbridge-results/<scenario>, unless --json is "
            "given."
        ),
    ] = None
    json: JsonOption = False
    boundaries: BoundariesOption = BoundaryView.UN


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Make a command of a function that takes groups of options.

    Parameters
    ----------
    function
        Parameters that are dataclasses are groups: each field that is annotated as an option
        becomes an option of the command, with the default of the group.
    """
    hints = get_type_hints(function, include_extras=True)
    flat: list[inspect.Parameter] = []
    groups: dict[str, Callable[[dict[str, Any]], Any]] = {}
    for one in inspect.signature(function).parameters.values():
        kind: Any = hints[one.name]
        if not hasattr(kind, "__dataclass_fields__"):
            flat.append(one.replace(annotation=kind))
            continue
        default = kind() if one.default is inspect.Parameter.empty else one.default
        own = _options_of(kind, default)
        flat += own
        groups[one.name] = _maker(kind, [part.name for part in own])

    @wraps(function)
    def made(**given: Any) -> None:  # noqa: ANN401 - what typer read
        # Each takes its options out of what was given; the function has the rest.
        made_of = {name: make(given) for name, make in groups.items()}
        function(**given, **made_of)

    del made.__wrapped__  # else its signature is read
    made.__signature__ = inspect.Signature(flat)  # type: ignore[attr-defined]
    made.__annotations__ = {one.name: one.annotation for one in flat}
    return made


def _options_of(kind: Any, default: Any) -> list[inspect.Parameter]:  # noqa: ANN401 - a dataclass
    """List the fields of a group that are options, by name alone."""
    hints = get_type_hints(kind, include_extras=True)
    return [
        inspect.Parameter(
            one.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=getattr(default, one.name),
            annotation=hints[one.name],
        )
        for one in fields(kind)
        if get_origin(hints[one.name]) is Annotated
        and any(isinstance(part, typer.models.OptionInfo) for part in get_args(hints[one.name]))
    ]


def _maker(kind: Callable[..., Any], names: list[str]) -> Callable[[dict[str, Any]], Any]:
    """Make what takes the options of a group out of all that was given."""

    def make(given: dict[str, Any]) -> Any:  # noqa: ANN401 - a dataclass
        return kind(**{name: given.pop(name) for name in names})

    return make
