"""Every command that a page shows can be typed: verb, options and arguments exist."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer
from _pytest.mark.structures import ParameterSet
from typer.core import TyperCommand, TyperGroup

from landbridge.cli import app

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .pages import Command, fenced_commands, indented_commands, inline_commands, pages

SHOWN = [c for page in pages() for c in [*fenced_commands(page), *indented_commands(page)]]
# A line that shows what may be left out is a synopsis: its options are looked up.
SYNOPSES = [command for command in SHOWN if any("[" in word for word in command.words)]
FENCED = [command for command in SHOWN if command not in SYNOPSES]
INLINE = [command for page in pages() for command in inline_commands(page)]
# What `python3 start.py` takes besides the verbs of landbridge.
OF_START = {"test"}
# Verbs that answer in a second or two; a page's commands with them are run as they stand.
QUICK = {"atlas", "freight", "route", "scenarios", "world"}
# Verbs whose commands are run in the long round, on central values alone. In CI the flagship's runs
# as a process (tests/cli/test_journeys.py); a+b and --sectors have tests of their own beside it.
CENTRAL = {"run"}
# Words with which a quick verb takes longer.
LONGER = {"--alternatives", "validate"}
# Words with which it takes a quarter of a minute or more: run at night, and in CI by the tests of
# their verb on a smaller world.
LONGEST = {"flows"}
# A file or folder of the reader's own, or data of an extra: the command is parsed here, and run in
# the tests of its verb.
OWN = ("--detail", ".toml", ".csv", ".zip", ".xlsx", ".dta", "DIR", "FILE", "my-", "...")


@cache
def _program() -> TyperGroup:
    found = typer.main.get_command(app)
    assert isinstance(found, TyperGroup)
    return found


def _verb(command: Command) -> tuple[TyperCommand, list[str]]:
    """Find the verb of a command, and the words that follow it."""
    words = list(command.words)
    verb: object = _program()
    while isinstance(verb, TyperGroup):
        assert words, f"{command.place}: no verb"
        assert words[0] in verb.commands, f"{command.place}: no verb {words[0]}"
        verb = verb.commands[words.pop(0)]
    assert isinstance(verb, TyperCommand)
    return verb, words


GROUPS = {name for name, verb in _program().commands.items() if isinstance(verb, TyperGroup)}


def _own(command: Command) -> bool:
    return any(part in word for part in OWN for word in command.words)


def _of(verbs: set[str]) -> list[Command]:
    """Choose the commands that are run; pages of the catalogue are made from runs themselves."""
    mine = [c for c in FENCED if not c.page.startswith("docs/catalogue/") and not _own(c)]
    return [command for command in mine if command.words and command.words[0] in verbs]


def _marked(command: Command) -> ParameterSet:
    marks = [pytest.mark.slow] if (LONGER | LONGEST) & set(command.words) else []
    if LONGEST & set(command.words):
        marks.append(pytest.mark.night)
    return pytest.param(command, marks=marks, id=command.place)


@pytest.mark.unit
def test_the_pages_show_commands() -> None:
    assert len(FENCED) > 20
    assert {command.words[0] for command in FENCED} > QUICK
    assert _of(CENTRAL)


@pytest.mark.unit
@pytest.mark.parametrize("command", FENCED, ids=lambda command: command.place)
def test_a_command_in_a_block_is_parsed(command: Command) -> None:
    if command.words[0] not in OF_START:
        verb, words = _verb(command)
        verb.make_context(command.words[0], words)


@pytest.mark.unit
@pytest.mark.parametrize("command", [*INLINE, *SYNOPSES], ids=lambda command: command.place)
def test_a_command_in_a_sentence_names_a_verb_and_its_options(command: Command) -> None:
    if " ".join(command.words) in GROUPS:
        return  # a sentence may speak of the whole group
    verb, words = _verb(command)
    known = {option for part in verb.params for option in (*part.opts, *part.secondary_opts)}
    bare = [word.strip("[]") for word in words]
    named = {word.split("=")[0] for word in bare if word.startswith("-")}
    assert named <= known | {"--help"}, named - known


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.mark.journey
@pytest.mark.parametrize("command", [_marked(command) for command in _of(QUICK)])
def test_a_quick_command_runs_as_it_stands(command: Command, folder: Path) -> None:
    done = shell(*command.words, folder=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def _central(command: Command) -> tuple[str, ...]:
    """Ask for central values alone."""
    return command.words if "--draws" in command.words else (*command.words, "--draws", "0")


def _whole_runs() -> list[Command]:
    """Choose the whole runs; what comes to the same at central values is run once."""
    return list({_central(command): command for command in reversed(_of(CENTRAL))}.values())[::-1]


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.night
@pytest.mark.parametrize("command", _whole_runs(), ids=lambda command: command.place)
def test_a_run_of_a_page_has_an_answer(command: Command, folder: Path) -> None:
    done = shell(*_central(command), folder=folder)
    assert done.returncode == 0, done.stderr
    assert list(folder.rglob("report.html"))
