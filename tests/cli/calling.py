"""Call the command line in this process: the same code, without starting Python anew."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from landbridge.cli import main

COLUMNS = 120


def shell(
    *arguments: str, folder: Path | None = None, columns: int = COLUMNS
) -> subprocess.CompletedProcess[str]:
    """Run ``landbridge`` with some arguments, in a folder, on a terminal so many signs wide."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder or Path.cwd()),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(sys, "argv", ["landbridge", *arguments]),
        mock.patch.dict(os.environ, {"COLUMNS": str(columns)}),
        pytest.raises(SystemExit) as left,
    ):
        main()
    code = int(left.value.code or 0)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def rows_of(document: dict[str, Any], table: str) -> list[dict[str, Any]]:
    """Read the rows of a table of a result's JSON, by column."""
    told = document["tables"][table]
    names = [column["name"] for column in told["columns"]]
    return [dict(zip(names, row, strict=True)) for row in told["rows"]]
