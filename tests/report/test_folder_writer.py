"""The folder of results: the old one or the new one, whatever happens on the way."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from landbridge.errors import InputError
from landbridge.report.formats import folder as writing
from landbridge.report.formats import swapping
from landbridge.report.formats.folder import MANIFEST, check_folder, read_manifest, write_folder
from landbridge.report.formats.geolayers import GeoLayer
from landbridge.report.formats.geopackage import write_geopackage
from landbridge.report.pages.parts.workbook import write_book

OLD = {"a.txt": "old a", "tables/b.csv": "old b", "stale.csv": "old stale"}
NEW = {"a.txt": "new a", "tables/b.csv": "new b", "tables/c.csv": "new c"}


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def test_a_folder_holds_the_new_set_and_nothing_of_the_old(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_folder(out, OLD, {})
    write_folder(out, NEW, {})
    assert content(out) == NEW
    assert set(read_manifest(out)) == set(NEW)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_a_user_keeps_there_or_changed_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_folder(out, OLD, {})
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    (out / "stale.csv").write_text("corrected by hand", encoding="utf-8")
    (out / "own").mkdir()
    (out / "own" / "deep.txt").write_text("deep", encoding="utf-8")
    (out / "link").symlink_to("notes.txt")
    write_folder(out, NEW, {})
    kept = {"notes.txt": "mine", "stale.csv": "corrected by hand", "own/deep.txt": "deep"}
    assert content(out) == {**NEW, **kept, "link": "mine"}
    assert (out / "link").is_symlink()


@pytest.mark.parametrize("name", ["first.txt", "z.txt"])
def test_a_full_disk_leaves_the_old_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    out = tmp_path / "out"
    write_folder(out, OLD, {})

    def full(path: Path) -> None:
        path.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left"):
        write_folder(out, NEW, {name: full})
    assert content(out) == OLD
    monkeypatch.setattr(writing, "_flush", lambda _: (_ for _ in ()).throw(OSError(5, "I/O")))
    with pytest.raises(InputError, match="I/O"):
        write_folder(out, NEW, {})
    assert content(out) == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["all.xlsx", "all.gpkg"])
def test_a_disk_that_is_full_for_a_workbook_or_a_geopackage_is_one_clear_fault(
    tmp_path: Path, name: str
) -> None:
    out = tmp_path / "out"
    write_folder(out, OLD, {})
    table = pd.DataFrame({"income": np.random.default_rng(1).random(4000)})
    shapes = tuple(((float(place % 180), 0.0),) for place in range(len(table)))
    layer = GeoLayer("all", shapes, table)
    writers = {
        "all.xlsx": lambda path: write_book(path, title="t", readme=[], tables={"income": table}),
        "all.gpkg": lambda path: write_geopackage(path, [layer]),
    }
    child = os.fork()
    if not child:
        code = 0
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
            write_folder(out, NEW, {name: writers[name]})
        except InputError:
            code = 1
        except BaseException:  # noqa: BLE001 - told by the code
            code = 2
        os._exit(code)
    assert os.WEXITSTATUS(os.waitpid(child, 0)[1]) == 1
    assert content(out) == OLD
    write_folder(out, NEW, {name: writers[name]})
    assert (out / name).stat().st_size > 20_000


KILLED = textwrap.dedent(
    """
    import os, sys
    from pathlib import Path
    from landbridge.report.formats import folder, swapping

    limit, exchange, out = int(sys.argv[1]), sys.argv[2] == "exchange", Path(sys.argv[3])
    steps = 0

    def counted(function):
        def stepping(*args, **kwargs):
            global steps
            if steps == limit:
                os._exit(9)
            steps += 1
            return function(*args, **kwargs)
        return stepping

    for owner, names in ((Path, ("rename", "write_text", "mkdir")), (os, ("fsync", "link"))):
        for name in names:
            setattr(owner, name, counted(getattr(owner, name)))
    swapping._exchange = counted(swapping._exchange) if exchange else (lambda one, other: False)
    folder.write_folder(out, {"a.txt": "new a", "tables/c.csv": "new c"}, {})
    print(steps)
    """
)


def killed_at(step: int, how: str, out: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(step), how, str(out)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ},
    )


@pytest.mark.slow
@pytest.mark.parametrize("how", ["exchange", "rename"])
def test_a_kill_at_any_step_leaves_the_old_set_or_the_new_one(tmp_path: Path, how: str) -> None:
    steps = int(killed_at(10_000, how, tmp_path / "count").stdout)
    old, new = {"a.txt": "old a", "mine.txt": "mine"}, {"a.txt": "new a", "tables/c.csv": "new c"}
    seen = set()
    for step in range(steps + 2):
        out = tmp_path / f"{step}" / "out"
        write_folder(out, {"a.txt": "old a"}, {})
        (out / "mine.txt").write_text("mine", encoding="utf-8")
        killed_at(step, how, out)
        if not out.exists():
            # Without an exchange there is a moment with no folder: the next write mends it.
            assert how == "rename"
            write_folder(out, new, {})
        found = content(out)
        assert found in (old, {**new, "mine.txt": "mine"})
        seen.add(found["a.txt"])
    assert seen == {"old a", "new a"}


def test_two_writers_do_not_meet(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with swapping.lock_file(out), pytest.raises(InputError, match="another process"):
        write_folder(out, NEW, {})


@pytest.mark.parametrize("name", ["", "."])
def test_the_current_folder_is_not_one_for_results(name: str) -> None:
    with pytest.raises(InputError, match="folder of their own"):
        check_folder(Path(name))


def test_a_folder_full_of_other_things_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MOST_STRANGERS", 3)
    out = tmp_path / "out"
    out.mkdir()
    for number in range(4):
        (out / f"{number}.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="no results"):
        write_folder(out, NEW, {})
    assert len(list(out.iterdir())) == 4


def test_a_broken_manifest_is_nobodys(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_folder(out, OLD, {})
    (out / MANIFEST).write_text(json.dumps({"format": "other"}), encoding="utf-8")
    write_folder(out, NEW, {})
    assert content(out) == {**OLD, **NEW}
