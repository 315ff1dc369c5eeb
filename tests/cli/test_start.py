"""The command line starts fast: its help names every verb and imports none of them."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys

import pytest
import typer
from typer.core import TyperGroup

from landbridge.cli import VERBS, app
from landbridge.cli.lazy import Verb, command_of

SLOW = (
    "duckdb", "jinja2", "joblib", "matplotlib", "pyarrow", "pyogrio", "python_calamine",
    "numba", "scipy.optimize", "scipy.stats", "xarray", "xlsxwriter",
)  # fmt: skip
"""What takes long to import and a look at what ships does not need."""
HEAVY = ("numpy", "pandas", "scipy", "pydantic", "duckdb", "landbridge.model", "landbridge.verbs")
"""What a verb may need and its help does not."""
LAZY = ("landbridge.equilibrium", "landbridge.gravity", "landbridge.sources")
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


@pytest.mark.journey
def test_the_list_of_scenarios_loads_neither_network_nor_world() -> None:
    told, modules = _imported("scenarios")
    assert "n-cpec-plus" in told
    unused = {"scipy", "landbridge.model", "landbridge.freight.search", "landbridge.equilibrium"}
    assert not modules.intersection({*SLOW, *unused})


@pytest.mark.journey
def test_a_look_into_the_atlas_imports_facts_alone() -> None:
    told, modules = _imported("atlas", "country", "PAK", "--on", "2026-01-01")
    assert "Blocs of PAK" in told
    rooms = {name.split(".")[1] for name in modules if name.startswith("landbridge.")}
    assert not modules.intersection({*SLOW, "scipy"})
    assert not rooms.intersection({"freight", "gravity", "model", "scenarios", "studies", "world"})


@pytest.mark.journey
def test_a_route_imports_no_estimation_and_no_reader_of_files() -> None:
    told, modules = _imported("route", "Karachi", "Kabul", "--draws", "0")
    assert "Karachi" in told
    unused = {"landbridge.gravity.ppml.estimation", "landbridge.sources.loading"}
    assert not modules.intersection({*SLOW, *unused} - {"jinja2", "joblib"})


@pytest.mark.unit
@pytest.mark.parametrize("room", ["landbridge", *LAZY], ids=str)
def test_every_public_name_of_a_room_is_there_when_it_is_asked_for(room: str) -> None:
    package = importlib.import_module(room)
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = package.nothing


@pytest.mark.unit
def test_the_verbs_of_the_program_are_those_of_the_table() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    assert list(group.commands) == [verb.name for verb in VERBS]
    assert {name: command.name for name, command in group.commands.items()} == {
        verb.name: verb.name for verb in VERBS
    }
