"""The one writer: a folder of files as a transaction, all of them or nothing.

New files are written beside the folder, together with what a user keeps in it; then the two folders
change places in one step of the file system. A crash, a kill or a full disk leaves the old folder
or the new one. A manifest lists what was written: a later write removes files that an earlier one
left and that nobody has changed, and never a file of somebody else's.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from landbridge.errors import InputError
from landbridge.report.formats.swapping import lock_file, mend_swap, swap_folders
from landbridge.version import VERSION

MANIFEST: Final = "manifest.json"
FORMAT: Final = "landbridge-manifest/1"
MOST_STRANGERS: Final = 2_000
"""More files than these that no earlier write left, and the folder is not one for results."""
BLOCK: Final = 1 << 20


def check_folder(folder: Path) -> None:
    """Refuse a place that cannot hold results, before the long work.

    Raises
    ------
    InputError
        The folder or one above it is a file, is not ours to write to, or is no folder for results.
    """
    _check_name(folder)
    try:
        there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    except OSError as error:
        raise InputError(f"cannot be used: {error.strerror}.", where=str(folder)[:60]) from None
    if not there.is_dir():
        raise InputError("is a file, not a folder.", where=str(there), mend="Choose another --out.")
    # The folder changes places with a new one, so the folder above it is written to.
    for place in {there, there.absolute().parent if there == folder else there}:
        if not os.access(place, os.W_OK):
            raise InputError(
                "cannot be written to.", where=str(place), mend="Choose another --out."
            )


def write_folder(
    directory: Path,
    texts: Mapping[str, str],
    writers: Mapping[str, Callable[[Path], None]],
) -> list[Path]:
    """Write files into a folder: all of them, or none.

    Parameters
    ----------
    directory
        Where to; made when it is not there. Files of the same names are replaced, those of an
        earlier write that nobody changed are removed, all others are kept.
    texts
        Text by the file's name; a name may stand in one folder below.
    writers
        What writes the file of a name, given its path.

    Returns
    -------
    list of Path
        The files, sorted; the manifest is not among them.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    texts = dict(texts)  # what is made on demand is made before anything is written
    directory = Path(directory)
    _check_name(directory)
    if directory.exists() and not directory.is_dir():
        raise InputError("this is a file, not a folder.", where=str(directory),
                         mend="Name another folder with --out.")  # fmt: skip
    target = directory.absolute()
    # A link to a folder stays a link: what it points to is what changes.
    target = target.resolve() if target.is_symlink() else target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with lock_file(target), _staging(target) as stage:
            names = _write_all(stage, texts, writers)
            _write_manifest(stage, names)
            if target.exists():
                _keep_others(target, stage)
            swap_folders(stage, target)
    except _write_errors() as error:
        raise _cannot_write(directory, error) from error
    return [directory / name for name in names]


def write_file(path: Path, text: str) -> None:
    """Write one file of text: all of it, or what was there stays.

    Parameters
    ----------
    path
        Where to; a link stays a link. A pipe or a device is written to as it stands.
    text
        In UTF-8, with the line ends that it has.

    Raises
    ------
    InputError
        The file cannot be written, or another process is writing it.
    """
    target = path.resolve() if path.is_symlink() else path.absolute()
    try:
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8", newline="\n")
            return
        with lock_file(target):
            new = target.with_name(f".{target.name[:60]}.new")
            try:
                new.write_text(text, encoding="utf-8", newline="\n")
                _flush(new)
                if target.exists():
                    shutil.copymode(target, new)
                new.replace(target)
            finally:
                new.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror or error}).",
            where=str(path),
            mend="Name another file.",
        ) from error


def read_manifest(folder: Path) -> dict[str, str]:
    """Read what a folder's manifest lists: sha256 by file name; empty where there is none."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        return {}
    files = content.get("files", {})
    return {str(k): str(v) for k, v in files.items()} if isinstance(files, dict) else {}


def _check_name(folder: Path) -> None:
    """Refuse names that are no folder of their own."""
    if str(folder) in {"", "."} or folder.absolute() in (Path.cwd(), *Path.cwd().parents):
        raise InputError(
            "results are written into a folder of their own, not into the current one or one "
            "above it.",
            where="--out",
            mend="Name a folder below, such as --out results.",
        )


@contextmanager
def _staging(target: Path) -> Iterator[Path]:
    """Make a folder beside the target, and remove it whatever happens."""
    mend_swap(target)
    holder = Path(tempfile.mkdtemp(prefix=f".{target.name[:60]}.new-", dir=target.parent))
    stage = holder / "folder"
    stage.mkdir()
    try:
        yield stage
    finally:
        shutil.rmtree(holder, ignore_errors=True)


def _write_all(
    stage: Path, texts: Mapping[str, str], writers: Mapping[str, Callable[[Path], None]]
) -> list[Path]:
    names = [Path(name) for name in sorted([*texts, *writers])]
    for name in names:
        (stage / name).parent.mkdir(exist_ok=True)
    for file, text in texts.items():
        (stage / file).write_text(text, encoding="utf-8", newline="\n")
    for file, write in writers.items():
        write(stage / file)
    for name in names:
        _flush(stage / name)
    return names


def _write_manifest(stage: Path, names: list[Path]) -> None:
    content = {
        "format": FORMAT,
        "version": VERSION,
        "files": {name.as_posix(): _sha256(stage / name) for name in names},
    }
    path = stage / MANIFEST
    path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    _flush(path)


def _keep_others(target: Path, stage: Path) -> None:
    """Bring what a user keeps in the folder along: by a second name of the same file, or a copy.

    Raises
    ------
    IsADirectoryError
        A folder stands where a file is to be written.
    InputError
        The folder holds so much else that it is no folder for results.
    """
    listed = read_manifest(target)
    count = 0
    for path in _walk(target):
        name = path.relative_to(target)
        new = stage / name
        if new.is_file() and not new.is_symlink():
            if path.is_dir() and not path.is_symlink():
                raise IsADirectoryError(21, f"{name} is a folder and cannot be replaced")
            continue
        ours = listed.get(name.as_posix())
        if path.is_file() and not path.is_symlink() and ours and _sha256(path) == ours:
            continue
        if name.as_posix() == MANIFEST:
            continue
        count += 1
        if count > MOST_STRANGERS:
            raise InputError(
                f"holds more than {MOST_STRANGERS:,} files that are no results.",
                where=str(target),
                mend="Name a folder of its own with --out.",
            )
        _bring(path, new)


def _walk(folder: Path) -> Iterator[Path]:
    """Go through files, links and folders, each folder before what it holds."""
    for path in sorted(folder.iterdir()):
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)


def _bring(path: Path, new: Path) -> None:
    if new.parent.is_file():
        raise NotADirectoryError(20, f"{path.parent.name} is needed as a file and holds others")
    if path.is_symlink():
        new.parent.mkdir(parents=True, exist_ok=True)
        new.symlink_to(path.readlink())
    elif path.is_dir():
        # A folder that only held files of an earlier write is not kept.
        if not any(path.iterdir()):
            new.mkdir(parents=True, exist_ok=True)
    else:
        new.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, new)
        except OSError:
            shutil.copy2(path, new)


def _flush(path: Path) -> None:
    """Bring a file onto the disk before anything relies on it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _write_errors() -> tuple[type[Exception], ...]:
    """List what says that a file cannot be written: workbooks do not say it as the system does."""
    from xlsxwriter.exceptions import XlsxFileError  # noqa: PLC0415 - once something went wrong

    return (OSError, XlsxFileError)


def _cannot_write(directory: Path, error: Exception) -> InputError:
    return InputError(
        f"the report cannot be written here ({getattr(error, 'strerror', None) or error}).",
        where=str(directory),
        mend="Name another folder with --out.",
    )
