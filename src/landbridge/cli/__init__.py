"""The command line: each verb mirrors one Python function.

Exit codes: 0 all is well; 1 something failed that the user cannot mend by writing differently;
2 the input cannot be used (nothing was written); 3 a solver did not converge; 130 interrupted.
"""

from __future__ import annotations

import sys

import typer

from landbridge.cli.lazy import Verb, group_of
from landbridge.errors import LandbridgeError

INTERRUPTED = 130

VERBS = (
    Verb("run", "runs:run", "Run a scenario: routes, trade costs, equilibrium, bands, report."),
    Verb(
        "scenarios",
        "catalogue:scenarios",
        "List the scenarios that ship with Landbridge, or what a scenario file may hold.",
    ),
    Verb(
        "compare",
        "compare:compare",
        "Set scenarios side by side: income, trade, trips, cost and benefit, over the same draws.",
    ),
    Verb(
        "world",
        "worlds:world",
        "Show the baseline world: who trades what with whom, and how well that is known.",
    ),
    Verb(
        "route",
        "routes:route",
        "Find the path of least generalised cost (money plus time at its value), and others.",
    ),
    Verb(
        "profile",
        "routes:profile",
        "Lay a route out as a time and cost-distance profile, after UNESCAP, with its bands.",
    ),
    Verb(
        "compare-routes",
        "routes:compare_routes",
        "Lay routes beside each other: by time, by money, and by both together.",
    ),
    Verb(
        "access",
        "access:access",
        "Show time, money and cost to the sea by port, the share each port would win, and markets.",
    ),
    Verb(
        "critical",
        "critical:critical",
        "Rank crossings, links, ports or sea passages by what one percent or one hour is worth.",
    ),
    Verb(
        "depend",
        "depend:depend",
        "Say which economies a sector relies on, directly or behind them, what a cut-off does.",
    ),
    Verb(
        "coalition",
        "coalition:coalition",
        "Value every coalition, and say who would leave, what would hold them and who is next.",
    ),
    Verb(
        "invest",
        "invest:invest",
        "Choose the projects with the greatest net present value under a budget.",
    ),
    Verb(
        "targets",
        "targets:targets",
        "Set trade targets beside status, potential, scenarios, costs and growth.",
    ),
    Verb(
        "backcast",
        "backcast:backcast",
        "Predict an agreement from data of the time before, and set it beside what happened.",
    ),
    Verb(
        "claims",
        "claims:claims",
        "Hold claims against runs and facts, by rules written down beforehand.",
    ),
    Verb(
        "portfolio",
        "portfolio:portfolio",
        "Compute what adding one group of economies to another does to risk and return.",
    ),
    Verb(
        "bridge",
        "bridge:bridge",
        "Say what part of a difference to a published study is shock, elasticity, inputs, sectors.",
    ),
    Verb(
        "estimate",
        "gravity:estimate",
        "Estimate gravity from a file: PPML with fixed effects, in the field's usual table.",
    ),
    Verb(
        "potential",
        "gravity:potential",
        "Compute what two economies would trade by size, distance and their own past, with a band.",
    ),
    Verb(
        "atlas",
        "atlas:app",
        "Look up blocs, economies, corridors, projects and relations, each with its source.",
    ),
    Verb(
        "data",
        "data:app",
        "Inspect and load data files: CEPII, BACI, ITPD, Comtrade, WITS, WDI, DESTA, ICIO ...",
    ),
    Verb(
        "freight",
        "freight:app",
        "Costs and speeds of freight; pipelines; freight beside published figures.",
    ),
)
app = typer.Typer(
    cls=group_of(VERBS),
    name="landbridge",
    help="What a corridor, a border, a tariff or an agreement does to trade and income.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback()
def _landbridge() -> None:
    """Take the options of all verbs: there are none."""


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
