"""The one writer: a folder of files, all of them or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from errno import EISDIR
from pathlib import Path

from landbridge.errors import InputError


def check_folder(folder: Path) -> None:
    """Refuse a place that cannot hold results, before the long work.

    Raises
    ------
    InputError
        The folder or one above it is a file, or is not ours to write to.
    """
    try:
        there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    except OSError as error:
        raise InputError(f"cannot be used: {error.strerror}.", where=str(folder)[:60]) from None
    if not there.is_dir():
        raise InputError("is a file, not a folder.", where=str(there), mend="Choose another --out.")
    if not os.access(there, os.W_OK):
        raise InputError("cannot be written to.", where=str(there), mend="Choose another --out.")


def write_folder(
    directory: Path,
    texts: Mapping[str, str],
    writers: Mapping[str, Callable[[Path], None]],
) -> list[Path]:
    """Write files into a folder: all of them, or none.

    Parameters
    ----------
    directory
        Where to; made when it is not there. Files of the same names are replaced, others are left
        alone.
    texts
        Text by the file's name; a name may stand in one folder below.
    writers
        What writes the file of a name, given its path.

    Returns
    -------
    list of Path
        The files, sorted.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    directory = Path(directory)
    if directory.exists() and not directory.is_dir():
        raise InputError("this is a file, not a folder.", where=str(directory),
                         mend="Name another folder with --out.")  # fmt: skip
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        beside = directory if directory.is_dir() else directory.parent
        holder = Path(tempfile.mkdtemp(prefix=".landbridge-", dir=beside))
    except OSError as error:
        raise _cannot_write(directory, error) from error
    try:
        folder = holder / "report"
        folder.mkdir()
        names = _write_all(folder, texts, writers)
        _move(folder, directory, names)
    except OSError as error:
        raise _cannot_write(directory, error) from error
    finally:
        shutil.rmtree(holder, ignore_errors=True)
    return [directory / name for name in names]


def _cannot_write(directory: Path, error: OSError) -> InputError:
    return InputError(
        f"the report cannot be written here ({error.strerror or error}).",
        where=str(directory),
        mend="Name another folder with --out.",
    )


def _write_all(
    folder: Path, texts: Mapping[str, str], writers: Mapping[str, Callable[[Path], None]]
) -> list[Path]:
    names = [Path(name) for name in sorted([*texts, *writers])]
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    for file, write in writers.items():
        write(folder / file)
    return names


def _move(folder: Path, directory: Path, names: list[Path]) -> None:
    if not directory.exists():
        folder.rename(directory)
        return
    # Everything that could stop a later file is looked at before the first one is replaced.
    for name in names:
        if (directory / name).is_dir() or (directory / name).parent.is_file():
            raise IsADirectoryError(EISDIR, f"{name} cannot be replaced", str(directory / name))
    for name in names:
        (directory / name).parent.mkdir(exist_ok=True)
    for name in names:
        os.replace(folder / name, directory / name)  # noqa: PTH105 - replaces on every system
