"""Every verb that writes leaves what was there or what is new: killed in the middle, or disk full.

A verb is run once. Then the call that it writes with is repeated in processes of their own, on a
folder that holds an earlier answer: one is killed at a step of the writing, the other may write no
file larger than so many bytes.
"""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import typer

from landbridge.cli import app, atlas, data
from landbridge.errors import InputError
from landbridge.report.formats import folder as folders
from landbridge.report.formats.folder import MANIFEST, write_folder
from landbridge.report.formats.swapping import swap_folders
from landbridge.results import Result
from landbridge.world.baseline import load_baseline

from .calling import shell

pytestmark = [pytest.mark.journey]

YEAR = "2023"
CODES = ("PAK", "UZB", "KAZ", "CHN", "RUS", "IND", "IRN", "AFG", "TKM", "KGZ", "AZE")
OWN = ("--world", "flows.csv", "--year", YEAR)
ONCE = ("--draws", "0", "--jobs", "1")
FOLDERS: dict[str, tuple[str, ...]] = {
    "run": ("run", "cku", *ONCE, *OWN),
    "scenarios": ("scenarios",),
    "compare": ("compare", "cku", "tapi", *ONCE, *OWN),
    "world": ("world", "PAK", "UZB"),
    "route": ("route", "Kabul", "Karachi", "--draws", "0"),
    "profile": ("profile", "Kabul", "Karachi", "--draws", "0"),
    "compare-routes": ("compare-routes", "tashkent-sea", "--shipment", "general", "--draws", "0"),
    "access": ("access", "UZB", *ONCE, *OWN),
    "critical": ("critical", "--top", "2", "--first-order", *ONCE, *OWN),
    "depend": ("depend", "PAK", "--sector", "C29", *ONCE, *OWN),
    "coalition": ("coalition", "--members", "PAK,UZB", "--candidates", "IRN", *ONCE, *OWN),
    "invest": ("invest", "rasht-astara", *ONCE, *OWN),
    "targets": ("targets", "PAK", "--no-scenarios", *OWN),
    "backcast": ("backcast", "--register"),
    "claims": ("claims", "C11", *ONCE),
    "portfolio": ("portfolio", "--draws", "0"),
    "bridge": ("bridge", "us-china"),
    "estimate": (
        "estimate",
        "flows.csv",
        "--year",
        YEAR,
        "-x",
        "weight",
        "--outcome",
        "value_million_usd",
    ),
    "potential": ("potential", "PAK", "UZB"),
    "freight flows": ("freight", "flows", *OWN),
    "freight validate": ("freight", "validate"),
}
FILES: dict[str, tuple[str, ...]] = {
    "atlas overlap": ("atlas", "overlap", "PAK", "--on", "2026-01-01", "--plot"),
    "data load": ("data", "load", "flows.csv"),
}
AT_NIGHT = {
    "run", "compare", "compare-routes", "access", "critical", "targets", "freight flows",
    "freight validate",
}  # fmt: skip
"""These take longest, and write by the same call as the others."""
OLD = {"old.txt": "an earlier answer", "tables/old.csv": "1\n"}
PARTS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""When a writer is killed: as parts of all its steps."""


def verbs() -> list[Any]:
    return [
        pytest.param(verb, marks=pytest.mark.night if verb in AT_NIGHT else ())
        for verb in (*FOLDERS, *FILES)
    ]


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Go through the commands of the shell, by the words that call them."""
    for name, found in group.commands.items():
        if hasattr(found, "commands"):
            yield from commands(found, (*path, name))
        else:
            yield " ".join((*path, name)), found


def test_every_command_that_takes_out_is_tried() -> None:
    found = {
        name
        for name, command in commands(typer.main.get_command(app))
        if any("--out" in one.opts for one in command.params)
    }
    assert found == {*FOLDERS, *FILES}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write goods among ten economies of the embedded world as a table of a user's."""
    folder = tmp_path_factory.mktemp("place")
    world = load_baseline()
    lines = ["exporter,importer,year,value_million_usd,weight"]
    lines += [
        f"{one},{other},{YEAR},{world.goods[world.index(one), world.index(other)]},{a * b % 7}"
        for a, one in enumerate(CODES)
        for b, other in enumerate(CODES)
        if one != other
    ]
    (folder / "flows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


Write = Callable[[Path], object]


def writing_of(verb: str, place: Path, out: Path) -> Write:
    """Run a verb once, and return the call by which it wrote."""
    homes: list[tuple[Any, str]] = (
        [(Result, "save")] if verb in FOLDERS else [(one, "write_file") for one in (atlas, data)]
    )
    called: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    write = getattr(*homes[0])

    def spied(*arguments: Any, **options: Any) -> object:
        called.append((arguments, options))
        return write(*arguments, **options)

    with ExitStack() as patched:
        for owner, name in homes:
            patched.enter_context(mock.patch.object(owner, name, spied))
        words = {**FOLDERS, **FILES}[verb]
        done = shell(*words, "--out", str(out), folder=place)
    assert done.returncode == 0, done.stderr
    ((arguments, options),) = called
    at = arguments.index(out)
    return lambda there: write(*arguments[:at], there, *arguments[at + 1 :], **options)


def in_a_process(act: Callable[[], object]) -> int:
    """Do something in a process of its own; return how it ended: 0, 1 at a clear fault, or else."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    try:
        act()
        os._exit(0)
    except InputError:
        os._exit(1)
    except BaseException:  # noqa: BLE001 - told by the code
        os._exit(2)


def killed_at(step: int, write: Write, out: Path) -> int:
    """Write in a process that is killed at a step; return its end, or the count of steps."""
    steps = [0]

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any, **options: Any) -> Any:
            if steps[0] == step:
                os.kill(os.getpid(), signal.SIGKILL)
            steps[0] += 1
            return function(*arguments, **options)

        return stepping

    def act() -> None:
        for owner, names in ((Path, ("rename", "replace", "write_text")), (os, ("fsync", "link"))):
            for name in names:
                setattr(owner, name, counted(getattr(owner, name)))
        setattr(folders, "swap_folders", counted(swap_folders))  # noqa: B010 - as it is called
        write(out)
        (out.parent / "steps").write_text(str(steps[0]), encoding="utf-8")

    return in_a_process(act)


def content(out: Path) -> dict[str, bytes]:
    if out.is_file():
        return {"": out.read_bytes()}
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def put_old(verb: str, out: Path) -> dict[str, bytes]:
    """Put an earlier answer where the new one goes."""
    out.parent.mkdir()
    if verb in FOLDERS:
        write_folder(out, OLD, {})
    else:
        out.write_text(OLD["old.txt"], encoding="utf-8")
    return content(out)


@pytest.mark.parametrize("verb", verbs())
def test_a_verb_that_is_killed_or_finds_the_disk_full_leaves_the_old_or_the_new(
    verb: str, place: Path, tmp_path: Path
) -> None:
    write = writing_of(verb, place, tmp_path / "out")
    new = content(tmp_path / "out")
    assert verb in FILES or MANIFEST in new

    whole = tmp_path / "whole" / "out"
    put_old(verb, whole)
    assert killed_at(-1, write, whole) == 0
    assert content(whole) == new
    steps = int((whole.parent / "steps").read_text(encoding="utf-8"))
    seen = set()
    for part in PARTS:
        out = tmp_path / f"killed-{part}" / "out"
        old = put_old(verb, out)
        ended = killed_at(round(part * (steps - 1)), write, out)
        assert os.WIFSIGNALED(ended)
        assert os.WTERMSIG(ended) == signal.SIGKILL
        found = content(out)
        assert found in (old, new)
        seen.add(found == old)
    assert True in seen

    out = tmp_path / "full" / "out"
    old = put_old(verb, out)
    largest = max(len(one) for one in new.values())

    def act() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest // 2, largest // 2))
        write(out)

    ended = in_a_process(act)
    assert os.WIFEXITED(ended)
    assert os.WEXITSTATUS(ended) == 1, "no fault was told"
    assert content(out) == old
    assert [path.name for path in out.parent.iterdir()] == ["out"]
