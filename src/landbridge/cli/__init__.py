"""The command line: each verb mirrors one Python function.

Exit codes: 0 all is well; 1 something failed that the user cannot mend by writing differently;
2 the input cannot be used (nothing was written); 3 a solver did not converge; 130 interrupted.
"""

from __future__ import annotations

import sys

import typer

from landbridge.cli import (
    access,
    atlas,
    backcast,
    catalogue,
    claims,
    coalition,
    compare,
    critical,
    data,
    depend,
    freight,
    gravity,
    invest,
    portfolio,
    routes,
    runs,
    targets,
    worlds,
)
from landbridge.errors import LandbridgeError

INTERRUPTED = 130

app = typer.Typer(
    name="landbridge",
    help="What a corridor, a border, a tariff or an agreement does to trade and income.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.command("run")(runs.run)
app.command("scenarios")(catalogue.scenarios)
app.command("compare")(compare.compare)
app.command("world")(worlds.world)
app.command("route")(routes.route)
app.command("profile")(routes.profile)
app.command("compare-routes")(routes.compare_routes)
app.command("access")(access.access)
app.command("critical")(critical.critical)
app.command("depend")(depend.depend)
app.command("coalition")(coalition.coalition)
app.command("invest")(invest.invest)
app.command("targets")(targets.targets)
app.command("backcast")(backcast.backcast)
app.command("claims")(claims.claims)
app.command("portfolio")(portfolio.portfolio)
app.command("estimate")(gravity.estimate)
app.command("potential")(gravity.potential)
app.add_typer(atlas.app, name="atlas")
app.add_typer(data.app, name="data")
app.add_typer(freight.app, name="freight")


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        app(prog_name="landbridge")
    except LandbridgeError as error:
        typer.echo(f"landbridge: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("landbridge: interrupted; nothing was written.", err=True)
        sys.exit(INTERRUPTED)
