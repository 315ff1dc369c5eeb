"""``landbridge atlas``: look facts up at a date."""

from __future__ import annotations

import typer

app = typer.Typer(help="Look up blocs, economies, corridors, projects and relations at a date.")
