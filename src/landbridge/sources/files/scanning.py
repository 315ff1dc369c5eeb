"""One pass over a file before anything reads it: hash, format, encoding, stray bytes."""

from __future__ import annotations

import codecs
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from landbridge.errors import DataError, InputError
from landbridge.sources.files.archives import is_zip, list_members
from landbridge.sources.files.limits import MIB, Limits

BLOCK: Final = MIB
HEAD: Final = 16
PARQUET: Final = b"PAR1"
STATA_TEXT: Final = b"<stata_dta>"
STATA_OLD: Final = frozenset({104, 105, 108, 110, 111, 112, 113, 114, 115})
WIDE_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

Format: TypeAlias = Literal["csv", "parquet", "xlsx", "stata", "zip"]
Encoding: TypeAlias = Literal["utf-8", "latin-1"]


@dataclass(frozen=True)
class FileFacts:
    """What one pass over a file finds.

    Attributes
    ----------
    path, bytes, sha256
        The file.
    format
        From its first bytes, never from its name.
    encoding
        Of text; utf-8 where every byte fits it, else latin-1.
    """

    path: Path
    bytes: int
    sha256: str
    format: Format
    encoding: Encoding = "utf-8"


def scan(path: Path, limits: Limits, *, links: bool = True) -> FileFacts:
    """Look at a file once, from its first byte to its last.

    Parameters
    ----------
    path
        The file.
    limits
        The largest size read.
    links
        Whether the path may be a symbolic link (a path that the user typed may).

    Raises
    ------
    InputError
        There is no such file, or it is no regular file.
    DataError
        It is empty, too large, or text with bytes that do not belong there.
    """
    size = _size(path, links=links)
    if size == 0:
        raise DataError("the file is empty", where=str(path))
    if size > limits.file_bytes:
        raise DataError(
            f"the file has {size:,} bytes; at most {limits.file_bytes:,} are read", where=str(path)
        )
    kind = _format(path, limits)
    digest = hashlib.sha256()
    text = _TextCheck(path) if kind == "csv" else None
    with path.open("rb") as handle:
        while block := handle.read(BLOCK):
            digest.update(block)
            if text is not None:
                text.feed(block)
    encoding = text.encoding() if text is not None else "utf-8"
    return FileFacts(path, size, digest.hexdigest(), kind, encoding)


def _size(path: Path, *, links: bool) -> int:
    try:
        status = path.stat() if links else path.lstat()
    except (OSError, ValueError) as error:
        raise InputError("there is no such file", where=str(path)) from error
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file"
        raise InputError(
            f"this is {kind}", where=str(path), mend="Give the path of one data file or zip."
        )
    if not os.access(path, os.R_OK):
        raise InputError("the file may not be read", where=str(path))
    return status.st_size


def _format(path: Path, limits: Limits) -> Format:
    with path.open("rb") as handle:
        head = handle.read(HEAD)
    if head[:4] == PARQUET:
        return "parquet"
    if head.startswith(STATA_TEXT) or (
        len(head) == HEAD and head[0] in STATA_OLD and head[1] in (1, 2)
    ):
        return "stata"
    if head[:2] in WIDE_MARKS:
        raise DataError(
            "the text is UTF-16, which is not read.", where=str(path), mend="Save it as UTF-8."
        )
    if is_zip(path):
        names = {member.name for member in list_members(path, limits)}
        return "xlsx" if "[Content_Types].xml" in names else "zip"
    return "csv"


class _TextCheck:
    """Reads blocks of text and remembers whether they are UTF-8 and hold a NUL."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._utf8 = True
        self._seen = 0

    def feed(self, block: bytes) -> None:
        at = block.find(b"\x00")
        if at >= 0:
            raise DataError(
                f"byte {self._seen + at} is NUL, which no text file holds.",
                where=str(self._path),
                mend="It is binary, damaged, or UTF-16; save it as CSV in UTF-8.",
            )
        if self._utf8:
            try:
                self._decoder.decode(block)
            except UnicodeDecodeError:
                self._utf8 = False
        self._seen += len(block)

    def encoding(self) -> Encoding:
        if self._utf8:
            try:
                self._decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                self._utf8 = False
        return "utf-8" if self._utf8 else "latin-1"
