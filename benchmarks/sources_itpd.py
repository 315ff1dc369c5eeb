"""Time and peak memory of loading a file of many rows; run by hand.

    python benchmarks/sources_itpd.py --million-rows 10

Writes a made-up file with the header of ITPD-E R02 (every pair, industry and year has one row),
loads it in a process of its own and prints rows, bytes, seconds and the peak of memory (Linux).
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from landbridge.codes import known_codes

LOAD = """
import json, pathlib, sys, time
from landbridge.sources import Limits, LoadOptions, load
start = time.perf_counter()
limits = Limits(memory_bytes=int(sys.argv[3]))
loaded = load(sys.argv[1], LoadOptions(detail=sys.argv[2]), limits=limits)
lines = pathlib.Path("/proc/self/status").read_text().splitlines()
# Not ru_maxrss, which a child inherits from the process that started it.
peak = 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
print(json.dumps({"seconds": time.perf_counter() - start, "peak_bytes": peak,
    "rows_read": loaded.counts.read, "table_rows": loaded.counts.table,
    "unknown": loaded.counts.unknown, "value": loaded.counts.value_table}))
"""
ECONOMIES = 200
INDUSTRIES = 170


def write(path: Path, rows: int) -> None:
    """Write the file year by year: every pair and industry, 35 percent of them unknown zeros."""
    codes = known_codes()[:ECONOMIES]
    a_year = ECONOMIES * ECONOMIES * INDUSTRIES
    part = path.with_suffix(".part")
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": "2",
        "memory_limit": "4GB",
        "preserve_insertion_order": "false",
    }
    with duckdb.connect(config=settings) as connection, path.open("wb") as out:
        connection.execute("SET enable_progress_bar=false")
        connection.execute("CREATE TABLE e (n INTEGER, code VARCHAR)")
        connection.executemany("INSERT INTO e VALUES (?, ?)", list(enumerate(codes)))
        for number in range(-(-rows // a_year)):
            year = 1986 + number
            header = "HEADER" if number == 0 else "HEADER false"
            connection.execute(
                f"""COPY (
                  SELECT a.code AS exporter_iso3, a.code AS exporter_dynamic_code,
                    'Economy ' || a.code AS exporter_name, b.code AS importer_iso3,
                    b.code AS importer_dynamic_code, 'Economy ' || b.code AS importer_name,
                    {year} AS year, i.i AS industry_id,
                    'Industry number ' || i.i AS industry_descr,
                    CASE WHEN i.i <= 28 THEN 'Agriculture' WHEN i.i <= 35 THEN 'Mining and Energy'
                      WHEN i.i <= 153 THEN 'Manufacturing' ELSE 'Services' END AS broad_sector,
                    CASE WHEN hash(a.n, b.n, i.i, {year}) % 100 < 35 THEN 0
                      ELSE (hash(b.n, a.n, i.i, {year}) % 100000000) / 1000000.0 END AS trade,
                    hash(i.i, {year}, a.n) % 5 // 4 AS flag_mirror,
                    CASE WHEN hash(a.n, b.n, i.i, {year}) % 100 < 35 THEN 'u' ELSE 'p' END
                      AS flag_zero
                  FROM e a, e b, range(1, {INDUSTRIES + 1}) i(i)
                  LIMIT {min(a_year, rows - number * a_year)}
                ) TO '{part}' ({header}, DELIMITER ',')"""  # noqa: S608 - numbers and our own path
            )
            with part.open("rb") as piece:
                shutil.copyfileobj(piece, out)
    part.unlink()


def as_parquet(path: Path) -> Path:
    """Write the file anew as parquet, columns typed as an engine would guess them."""
    target = path.with_suffix(".parquet")
    with duckdb.connect(config={"threads": "2", "memory_limit": "4GB"}) as connection:
        connection.execute("SET enable_progress_bar=false")
        connection.execute(f"COPY (FROM read_csv('{path}')) TO '{target}' (FORMAT parquet)")
    path.unlink()
    return target


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--million-rows", type=float, default=10.0)
    parser.add_argument("--detail", default="sector", choices=["total", "sector", "product"])
    parser.add_argument("--parquet", action="store_true", help="load it as parquet")
    parser.add_argument("--memory-mib", type=int, default=4096)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "itpd.csv"
        start = time.perf_counter()
        write(path, int(asked.million_rows * 1e6))
        if asked.parquet:
            path = as_parquet(path)
        took = time.perf_counter() - start
        print(f"written: {path.stat().st_size / 2**20:,.0f} MiB in {took:.0f} s")
        memory = str(asked.memory_mib << 20)
        command = [sys.executable, "-c", LOAD, str(path), asked.detail, memory]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        found = json.loads(done.stdout)
    print(
        f"{found['rows_read']:,} rows in {found['seconds']:.1f} s "
        f"({found['rows_read'] / found['seconds'] / 1e6:.2f} million rows a second), peak memory "
        f"{found['peak_bytes'] / 2**20:,.0f} MiB; table of {found['table_rows']:,} rows, "
        f"{found['unknown']:,} unknown, {found['value']:,.3f} million USD"
    )


if __name__ == "__main__":
    main()
