"""Options that say which scenario a command works on, and how it is changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RESULTS = Path("landbridge-results")
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a value of the scenario: date=2020-01-01, closure=additive, "
        "parameters.trade_elasticity=6, measures.ID.FIELD=..., costs.ID.FIELD=...; repeatable.",
    ),
]
