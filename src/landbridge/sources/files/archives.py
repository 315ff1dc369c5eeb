"""Zip archives, read one member at a time, and only after every member has been looked at.

Nothing is extracted by the archive's own names: a member goes to a numbered file in a folder that
the caller owns, and its bytes are counted while they come.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from landbridge.errors import DataError
from landbridge.sources.files.limits import MIB, Limits

BLOCK: Final = MIB
END_RECORD: Final = b"PK\x05\x06"
END_RECORD_BYTES: Final = 22
LONGEST_COMMENT: Final = 65_535
ENCRYPTED: Final = 0x1
SMALL_MEMBER: Final = MIB  # below this, a high ratio is no danger
ZIP64_MARK: Final = 0xFFFFFFFF
REFERENCE: Final = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,3})([0-9]{1,9})["']""")
OVERLAP: Final = 64  # longer than a reference with the blanks it may hold
MOST_CELLS: Final = 2**63


@dataclass(frozen=True)
class Member:
    """One file inside an archive: its name there, its size unpacked."""

    name: str
    bytes: int


def is_zip(path: Path) -> bool:
    """Say whether a file begins as a zip archive does."""
    with path.open("rb") as handle:
        return handle.read(4) in {b"PK\x03\x04", END_RECORD}


def list_members(path: Path, limits: Limits) -> tuple[Member, ...]:
    """Look at every member of an archive before any is opened.

    Parameters
    ----------
    path
        The archive.
    limits
        Members, sizes and ratios allowed.

    Returns
    -------
    tuple of Member
        Files only, in the archive's order.

    Raises
    ------
    DataError
        The archive is damaged, or a member is dangerous: a path that leaves the folder, a link,
        an encrypted member, a size or a ratio beyond the limits, a name that stands twice.
    """
    _check_directory_size(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DataError(f"the archive cannot be read: {error}", where=str(path)) from error
    faults = []
    if len(infos) > limits.members:
        faults.append(f"it holds {len(infos)} members; at most {limits.members} are read")
    names = [info.filename for info in infos]
    if len(set(names)) < len(names):
        faults.append("a member's name stands twice")
    for info in infos[: limits.members]:
        faults.extend(_faults(info, limits))
    total = sum(info.file_size for info in infos)
    packed = max(1, sum(info.compress_size for info in infos))
    if total > limits.unpacked_bytes:
        faults.append(f"it unpacks to {total:,} bytes; at most {limits.unpacked_bytes:,} are read")
    if total > SMALL_MEMBER and total / packed > limits.ratio:
        faults.append(
            f"it unpacks to {total / packed:.0f} times its size; {limits.ratio:.0f} is the most"
        )
    if faults:
        shown = "; ".join(faults[:10])
        raise DataError(f"the archive is refused: {shown}", where=str(path))
    return tuple(Member(info.filename, info.file_size) for info in infos if not info.is_dir())


def head_of_member(path: Path, member: Member, count: int) -> bytes:
    """Read the first bytes of a member."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member.name) as stream:
            return stream.read(min(count, member.bytes))
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError) as error:
        raise DataError(
            f"cannot be unpacked: {error}", where=f"{path.name}!{member.name}"
        ) from error


def unpack(path: Path, member: Member, target: Path) -> Path:
    """Write one member to a file of the caller's choosing, counting its bytes.

    Raises
    ------
    DataError
        The member is damaged or longer than the archive says.
    """
    where = f"{path.name}!{member.name}"
    written = 0
    try:
        with (
            zipfile.ZipFile(path) as archive,
            archive.open(member.name) as stream,
            target.open("xb") as out,
        ):
            while block := stream.read(BLOCK):
                written += len(block)
                if written > member.bytes:
                    raise DataError("is longer than the archive says", where=where)
                out.write(block)
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError) as error:
        raise DataError(f"cannot be unpacked: {error}", where=where) from error
    return target


def check_workbook(path: Path, limits: Limits) -> None:
    """Look through a workbook's parts, which are a zip archive, before a reader opens it.

    Every part is unpacked once without being kept, so that a size that lies is found here.

    Raises
    ------
    DataError
        A part is dangerous, damaged, or the whole is larger than a workbook may be.
    """
    members = list_members(path, limits)
    total = sum(member.bytes for member in members)
    if total > limits.workbook_bytes:
        raise DataError(
            f"the workbook unpacks to {total:,} bytes; at most {limits.workbook_bytes:,} are read.",
            where=str(path),
            mend="Save the sheet as CSV.",
        )
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
            if damaged is None:
                _check_extents(archive, path, limits)
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError) as error:
        raise DataError(f"the workbook is damaged: {error}", where=str(path)) from error
    if damaged is not None:
        raise DataError(f"the workbook is damaged at {damaged}", where=str(path))


def _check_extents(archive: zipfile.ZipFile, path: Path, limits: Limits) -> None:
    """Refuse a sheet whose cells lie so far apart that the area between them is a bomb."""
    for name in archive.namelist():
        if not name.startswith("xl/") or "sheet" not in name.casefold():
            continue
        if name.casefold().endswith(".bin"):
            raise DataError(
                "a binary workbook (.xlsb) is not read.",
                where=str(path),
                mend="Save it as .xlsx or CSV.",
            )
        with archive.open(name) as stream:
            cells = _extent(stream)
        if cells > limits.workbook_cells:
            raise DataError(
                f"{name} spans {cells:,} cells; at most {limits.workbook_cells:,} are read.",
                where=str(path),
                mend="Delete the cells far from the table, or save the sheet as CSV.",
            )


def _extent(stream: IO[bytes]) -> int:
    """Compute an upper bound of the cells between a sheet's first and last one.

    References are looked for as text, in comments too, so that the bound errs on the safe side;
    cells without a reference are taken to stand in one row.
    """
    row = column = rows = cells = referred = 0
    rest = b""
    while block := stream.read(BLOCK):
        text = rest + block
        if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return MOST_CELLS  # UTF-16 hides references from the search
        rest = text[-OVERLAP:]
        for found in REFERENCE.finditer(text, 0, len(text) if len(block) < BLOCK else -OVERLAP):
            referred += bool(found[1])
            column = max(column, _column_number(found[1]))
            row = max(row, int(found[2]))
        rows += block.count(b"<row")
        cells += block.count(b"<c ") + block.count(b"<c>") + block.count(b"<c/")
    return max(row, rows) * max(column, cells - referred, 1)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _check_directory_size(path: Path, limits: Limits) -> None:
    size = path.stat().st_size
    with path.open("rb") as handle:
        handle.seek(max(0, size - END_RECORD_BYTES - LONGEST_COMMENT))
        tail = handle.read()
    at = tail.rfind(END_RECORD)
    if at < 0 or len(tail) - at < END_RECORD_BYTES:
        raise DataError("the archive has no end: it is cut off or no archive", where=str(path))
    entries, directory = struct.unpack_from("<HI", tail, at + 10)
    if directory != ZIP64_MARK and directory > limits.directory_bytes:
        raise DataError(
            f"the archive's directory has {directory:,} bytes; at most "
            f"{limits.directory_bytes:,} are read",
            where=str(path),
        )
    if directory == ZIP64_MARK or entries == 0xFFFF:  # noqa: PLR2004 - the mark of zip64
        raise DataError(
            "the archive has more members than a data release needs.",
            where=str(path),
            mend="Unpack it and give the data file itself.",
        )


def _faults(info: zipfile.ZipInfo, limits: Limits) -> list[str]:
    name = info.filename
    faults = []
    path = PurePosixPath(name)
    windows = "\\" in name or (len(name) > 1 and name[1] == ":")
    if path.is_absolute() or ".." in path.parts or windows or "\x00" in info.orig_filename:
        faults.append(f"member {name!r} would leave the folder")
    if stat.S_ISLNK(info.external_attr >> 16):
        faults.append(f"member {name!r} is a link")
    if info.flag_bits & ENCRYPTED:
        faults.append(f"member {name!r} is encrypted")
    large = info.file_size > SMALL_MEMBER
    if large and info.file_size > limits.ratio * max(1, info.compress_size):
        faults.append(
            f"member {name!r} unpacks to {info.file_size / max(1, info.compress_size):.0f} times "
            f"its size; {limits.ratio:.0f} is the most"
        )
    return faults
