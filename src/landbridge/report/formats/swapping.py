"""Two folders change places in one step, and only one writer at a time."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import Final

from landbridge.errors import InputError

AT_FDCWD: Final = -100
RENAME_EXCHANGE: Final = 2
"""Of Linux' renameat2: both names exist before and after, in one step."""
RENAME_SWAP: Final = 2
"""Of macOS' renamex_np: the same."""
SET_ASIDE: Final = ".before"


def swap_folders(new: Path, target: Path) -> None:
    """Put a new folder in the place of the target; the old one is then where the new one was.

    Where the system can exchange two names in one step, that is done. Elsewhere the target is set
    aside first; a crash between the two steps is mended by the next write.

    Raises
    ------
    OSError
        The folders cannot be renamed.
    """
    aside = _aside(target)
    if not target.exists():
        new.rename(target)
    elif not _exchange(new, target):
        target.rename(aside)
        new.rename(target)
        # The old folder goes where the new one was, to be removed with it.
        aside.rename(new)
    _flush_folder(target.parent)


def mend_swap(target: Path) -> None:
    """Undo what a crash between two renames left, and remove what a killed writer left beside."""
    aside = _aside(target)
    if aside.exists() and not target.exists():
        aside.rename(target)
    for left in target.parent.glob(f".{escape(target.name[:60])}.new-*"):
        shutil.rmtree(left, ignore_errors=True)


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}{SET_ASIDE}")


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step; false where the system or the file system cannot."""
    with suppress(AttributeError, OSError):
        library = ctypes.CDLL(None, use_errno=True)
        first, second = os.fsencode(one), os.fsencode(other)
        if sys.platform == "darwin":
            return bool(library.renamex_np(first, second, RENAME_SWAP) == 0)
        if sys.platform.startswith("linux"):
            done = library.renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE)
            return bool(done == 0)
    return False


def _flush_folder(folder: Path) -> None:
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def lock_file(target: Path) -> Iterator[None]:
    """Let one writer at a time into a folder; the lock goes with the process that holds it.

    Raises
    ------
    InputError
        Another process is writing into the folder.
    """
    path = target.with_name(f".{target.name[:60]}.lock")
    try:
        import fcntl  # noqa: PLC0415 - not on every system
    except ImportError:
        yield
        return
    with path.open("w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(
                "another process is writing into this folder.",
                where=str(target),
                mend="Wait for it, or name another folder with --out.",
            ) from None
        try:
            yield
        finally:
            with suppress(OSError):
                path.unlink()
