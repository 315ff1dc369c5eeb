"""The command line starts fast: its help names every verb and imports none of them."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest
import typer
from typer.core import TyperGroup

from landbridge.cli import VERBS, app
from landbridge.cli.lazy import Verb, command_of

HEAVY = ("numpy", "pandas", "scipy", "pydantic", "duckdb", "landbridge.model", "landbridge.verbs")
"""What a verb may need and its help does not."""
SEE = """
import sys
from landbridge.cli import main
sys.argv = ["landbridge", *{words!r}]
try:
    main()
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""


def _imported(*words: str) -> tuple[str, set[str]]:
    """Call a fresh Python; return what it printed and the modules that it imported."""
    done = subprocess.run(
        [sys.executable, "-c", SEE.format(words=words)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, set(done.stderr.split())


@pytest.mark.unit
@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_the_help_of_the_program_says_of_a_verb_what_the_verb_says(verb: Verb) -> None:
    assert inspect.cleandoc(command_of(verb).help).split("\n\n")[0].replace("\n", " ") == verb.help


@pytest.mark.journey
def test_the_help_names_every_verb_and_imports_none() -> None:
    told, modules = _imported("--help")
    assert all(f"\n  {verb.name} " in told for verb in VERBS)
    assert not modules.intersection(HEAVY)


@pytest.mark.unit
def test_the_verbs_of_the_program_are_those_of_the_table() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    assert list(group.commands) == [verb.name for verb in VERBS]
    assert {name: command.name for name, command in group.commands.items()} == {
        verb.name: verb.name for verb in VERBS
    }
