"""How much a file may ask for before it is refused: bytes, rows, columns, memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB
GIB: Final = 1024 * MIB


@dataclass(frozen=True)
class Limits:
    """What one file may cost.

    Attributes
    ----------
    file_bytes
        Size of the file itself.
    unpacked_bytes, ratio, members, directory_bytes
        Archives: total size unpacked, unpacked over packed size of one member and of all (members
        under 1 MiB are free), number of members, size of the archive's directory.
    workbook_bytes, workbook_cells
        A workbook (.xlsx) unpacked, and the area from its first to its last cell; a sheet is read
        whole, empty cells included.
    header_bytes, columns, line_bytes
        Length of the header, number of columns, length of one line.
    rows
        Rows of data read.
    table_rows
        Rows of the table that is handed back in memory.
    memory_bytes, temp_bytes, threads
        For the engine: memory (the table that is handed back comes on top), disk space it may
        spill to, threads.
    copy_bytes
        Text and parquet files up to this size are copied into the engine; larger ones are read
        anew by each query, so that nothing is stored.
    """

    file_bytes: int = 64 * GIB
    unpacked_bytes: int = 64 * GIB
    ratio: float = 100.0
    members: int = 2_000
    directory_bytes: int = 4 * MIB
    workbook_bytes: int = 256 * MIB
    workbook_cells: int = 20_000_000
    header_bytes: int = 4 * MIB
    columns: int = 20_000
    line_bytes: int = 2 * MIB
    rows: int = 500_000_000
    table_rows: int = 20_000_000
    memory_bytes: int = 5 * GIB // 2
    temp_bytes: int = 64 * GIB
    threads: int = 2
    copy_bytes: int = 32 * MIB
