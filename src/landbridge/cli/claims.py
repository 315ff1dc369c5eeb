"""``landbridge claims``: what was claimed, against what was found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from landbridge.basis import embedded_basis
from landbridge.claims.ledger import Options, Weighed, weigh_ledger
from landbridge.claims.reading import find_claim, read_claims, shipped_ledger
from landbridge.claims.rules import Finding
from landbridge.claims.tables import commands_of, ledger_tables, number_text
from landbridge.claims.verdict import Verdict
from landbridge.cli.runs import progress_bar
from landbridge.cli.show import print_csv, print_json
from landbridge.draws.engine import DEFAULT_SEED, FEWER_DRAWS
from landbridge.report.formats.folder import check_folder
from landbridge.report.pages.claims import card_of, headline, meta_of, write_claims

MARKS = {"supported": "green", "contradicted": "red", "mixed": "yellow"}
SIGNS = {"passed": "+", "failed": "-", "open": "?", "missing": "/", "beyond": "/"}
"""Before each test in the table of verdicts."""


def claims(
    claim: Annotated[
        str | None, typer.Argument(help="One claim, such as C4; all without it.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="A claims file of your own (TOML, docs/claims.md).")
    ] = None,
    draws: Annotated[
        int, typer.Option(min=0, max=10_000, help="Draws for the bands; 0 judges centres alone.")
    ] = FEWER_DRAWS,
    seed: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="The same seed gives the same verdicts.")
    ] = DEFAULT_SEED,
    jobs: Annotated[
        int, typer.Option(min=0, max=256, help="Processes; 0 for one a core. Results do not vary.")
    ] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the page, the workbook and the tables.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print as CSV.")] = False,
) -> None:
    """Hold claims against runs and facts, by rules written down beforehand."""
    ledger = shipped_ledger() if file is None else read_claims(file)
    only = () if claim is None else (find_claim(ledger, claim).id,)
    if out is not None:
        check_folder(out)
    with progress_bar() as step:
        weighed = weigh_ledger(
            embedded_basis(),
            ledger,
            only=only,
            options=Options(
                draws=draws,
                seed=seed,
                jobs=jobs,
                file=file,
            ),
            progress=step,
        )
    files = write_claims(weighed, out) if out is not None else []
    if json:
        print_json({**_about(weighed), **ledger_tables(weighed)})
    elif csv:
        print_csv(ledger_tables(weighed)["claims" if claim is None else "claim_tests"])
    elif claim is None:
        _print_all(weighed)
    else:
        _print_one(weighed)
    for path in files:
        if path.suffix in {".html", ".xlsx"} and not (json or csv):
            typer.echo(f"Written: {path}")


def _about(weighed: Weighed) -> dict[str, object]:
    return {
        "title": weighed.title,
        "rules_written": weighed.rules_written.isoformat(),
        "draws": weighed.draws,
        "seed": weighed.seed,
        "version": weighed.version,
        "scenarios": weighed.scenarios,
    }


def _print_all(weighed: Weighed) -> None:
    console = Console(emoji=False, markup=False)
    shown = Table(title=weighed.title, title_justify="left", header_style="bold", show_lines=True)
    shown.add_column("claim", no_wrap=True)
    shown.add_column("what is said", ratio=4)
    shown.add_column("verdict", min_width=12, ratio=1)
    shown.add_column("what decided", ratio=6)
    for verdict in weighed.verdicts:
        shown.add_row(
            verdict.claim.id,
            f"{verdict.claim.claim} ({verdict.claim.by})",
            _marked(verdict.word),
            _decided(verdict),
        )
    console.print(shown)
    console.print(headline(weighed)[0], highlight=False)
    console.print(meta_of(weighed), style="dim", highlight=False)
    console.print(
        "+ holds, - fails, ? the band lies on both sides, / not judged, ! decisive.",
        style="dim",
        highlight=False,
    )
    file = f" --file {weighed.file}" if weighed.file else ""
    first = weighed.verdicts[0].claim.id
    console.print(
        f"One claim with its rules, numbers and sources: `landbridge claims {first}{file}`; "
        "a page: --out DIR.",
        style="dim",
        highlight=False,
    )


def _decided(verdict: Verdict) -> str:
    """Tell each test in a line: how it came out, what it says, and the number."""
    return "\n".join(_line(one) for one in verdict.findings)


def _line(one: Finding) -> str:
    sign = f"{SIGNS[one.standing]}{'!' * one.test.decisive}"
    if one.number is None:
        return f"{sign} {one.test.says}: {one.why}"
    close = " (a close call)" if one.close else ""
    return f"{sign} {one.test.says}: {number_text(one.number)}{close}"


def _marked(word: str) -> Text:
    return Text(word, style=f"bold {MARKS[word]}" if word in MARKS else "dim")


def _print_one(weighed: Weighed) -> None:
    console = Console(emoji=False, markup=False)
    verdict = weighed.verdicts[0]
    shown = Table(
        title=f"{verdict.claim.id}. {verdict.claim.title}",
        title_justify="left",
        show_header=False,
        show_lines=False,
    )
    shown.add_column(style="bold", no_wrap=True)
    shown.add_column(overflow="fold")
    for label, words in card_of(verdict):
        shown.add_row(label, words)
    commands = commands_of(verdict.claim, weighed)
    for place, command in enumerate(commands):
        shown.add_row("" if place else "reproduce", command)
    console.print(shown)
    console.print(meta_of(weighed), style="dim", highlight=False)
