"""Verbs that are imported when they are called: `landbridge --help` imports none of them."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    Contents = MutableMapping[str, Any]
else:
    Contents = MutableMapping


@dataclass(frozen=True)
class Verb:
    """A verb of the command line and where its function stands.

    Attributes
    ----------
    name
        As it is typed.
    place
        ``module:name`` of a function, or of a group of verbs, in `landbridge.cli`.
    help
        The line of `landbridge --help`: the first of the function, or the help of the group.
    """

    name: str
    place: str
    help: str


class Verbs(Contents):
    """The commands of a group by name; one is imported when it is first asked for."""

    def __init__(self, verbs: tuple[Verb, ...]) -> None:
        self._verbs: dict[str, Verb] = {verb.name: verb for verb in verbs}
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - click's commands have no public type
        """Import a command, or return the one that was imported."""
        if name not in self._made:
            self._made[name] = command_of(self._verbs[name])
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:  # noqa: ANN401 - as above
        """Put a command in the place of one."""
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        """Take a command away."""
        self._made.pop(name, None)
        del self._verbs[name]

    def __iter__(self) -> Iterator[str]:
        """List the names, in the order of the table."""
        return iter(self._verbs)

    def __len__(self) -> int:
        """Count the commands."""
        return len(self._verbs)


def command_of(verb: Verb) -> Any:  # noqa: ANN401 - click's commands have no public type
    """Import the function or group of a verb, and make a command of it."""
    module, name = verb.place.split(":")
    found = getattr(import_module(f"landbridge.cli.{module}"), name)
    parent = typer.Typer(
        add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
    )
    parent.callback()(_nothing)
    if isinstance(found, typer.Typer):
        parent.add_typer(found, name=verb.name)
    else:
        parent.command(verb.name)(found)
    group = typer.main.get_command(parent)
    return group.commands[verb.name]  # type: ignore[attr-defined]  # with a callback: a group


def _nothing() -> None:
    """Make a group of what has one command."""


def group_of(verbs: tuple[Verb, ...]) -> type[TyperGroup]:
    """Make the class of a group that has these verbs."""

    class Group(TyperGroup):
        def __init__(self, **options: Any) -> None:  # noqa: ANN401 - passed on
            super().__init__(**options)
            self.commands = Verbs(verbs)

        def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002
            """List the verbs with their whole sentences, and import none."""
            with formatter.section("Commands"):
                formatter.write_dl([(verb.name, verb.help) for verb in verbs])

    return Group
