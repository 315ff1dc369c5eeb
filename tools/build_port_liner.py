"""Write the liner connectivity of the network's ports from UNCTAD's index by port.

    python tools/build_port_liner.py --index FILE

The index is a CSV with the columns port, quarter (``Q4 2023``) and plsci, compressed or not.
``tools/freight/port_liner.txt`` says which of its ports a port of the network stands for. Their
means over the quarters of the year are added up. Writes
``src/landbridge/freight/data/port_liner.csv``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "src" / "landbridge" / "freight" / "data" / "port_liner.csv"
YEAR = 2023


def written() -> dict[str, list[str]]:
    """Read which ports of the index every place stands for."""
    lines = (HERE / "freight" / "port_liner.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("|") for line in lines if line and not line.startswith("#")]
    return {place.strip(): [name.strip() for name in names.split(";")] for place, names in pairs}


def connectivity(index: pd.DataFrame, places: dict[str, list[str]]) -> pd.DataFrame:
    """Add up the year's means of the ports that every place stands for."""
    now = index[index["quarter"].str.endswith(f" {YEAR}")]
    mean = now.groupby("port")["plsci"].mean()
    unknown = sorted({name for names in places.values() for name in names} - set(mean.index))
    if unknown:
        raise SystemExit(f"not in the index of {YEAR}: {unknown}")
    found = [(place, mean[names].sum(), "|".join(names)) for place, names in places.items()]
    return pd.DataFrame(found, columns=["port", "connectivity", "stands_for"]).round(1)


def main() -> None:
    """Read the index, write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    index = pd.read_csv(parser.parse_args().index)
    table = connectivity(index, written())
    table.to_csv(TARGET, index=False, lineterminator="\n")
    print(len(table), "ports with liner service")


if __name__ == "__main__":
    main()
