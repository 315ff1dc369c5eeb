"""``landbridge claims``: what was claimed, against what was found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from landbridge.claims.ledger import Weighed
from landbridge.claims.rules import Finding
from landbridge.claims.tables import commands_of, number_text
from landbridge.claims.verdict import Verdict
from landbridge.cli.options.groups import VERDICTS, Chance, Ground, TableAnswer, command
from landbridge.cli.options.model import (
    open_model,
)
from landbridge.cli.printing.progress import progress_bar
from landbridge.report.pages.claims import card_of, meta_of
from landbridge.results import Result

MARKS = {"supported": "green", "contradicted": "red", "mixed": "yellow"}
SIGNS = {"passed": "+", "failed": "-", "open": "?", "missing": "/", "refused": "/", "beyond": "/"}
"""Before each test in the table of verdicts."""


@command
def claims(
    claim: Annotated[
        str | None, typer.Argument(help="One claim, such as C4; all without it.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="A claims file of your own (TOML, docs/claims.md).")
    ] = None,
    *,
    chance: Chance = VERDICTS,
    ground: Ground,
    form: TableAnswer,
) -> None:
    """Hold claims against runs and facts, by rules written down beforehand."""
    form.check()
    model = open_model(ground)
    with progress_bar() as step:
        result = model.claims(
            claim or (),
            file=file,
            draws=chance.draws,
            seed=chance.seed,
            jobs=chance.jobs,
            progress=step,
        )
    form.give(
        result,
        show=lambda: _print_all(result) if claim is None else _print_one(result.found),
        table="claims" if claim is None else "claim_tests",
    )


def _print_all(result: Result[Weighed]) -> None:
    weighed = result.found
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
    console.print(result.headline[0], highlight=False)
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
    for place, line in enumerate(commands_of(verdict.claim, weighed)):
        shown.add_row("" if place else "reproduce", line)
    console.print(shown)
    console.print(meta_of(weighed), style="dim", highlight=False)
