#!/usr/bin/env python3
"""Set Landbridge up in a folder of its own (``.venv``) and run it.

    python3 start.py run n-cpec-plus     the flagship scenario, with report
    python3 start.py test                lint, types, layers and tests
    python3 start.py <anything>          the same as ``landbridge <anything>``

Needs only Python 3.11 or newer. The system's own Python is left untouched, so this also works
where it is externally managed. The first call downloads the declared packages; later calls need
no network.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
OLDEST = (3, 11)
PIP_INDEX = "https://pypi.org/pypi/pip/json"

CHECKS = (
    ("lint", ["ruff", "check", "."]),
    ("format", ["ruff", "format", "--check", "."]),
    ("types", ["mypy"]),
    ("layers", ["lint-imports"]),
)


def tool(name: str) -> Path:
    """Return the path of a program inside the environment."""
    folder, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return ENVIRONMENT / folder / f"{name}{suffix}"


def main() -> int:
    """Set up what is missing, then run what was asked for."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        print(f"Landbridge needs Python 3.11 or newer; this is {found}.", file=sys.stderr)
        return 2
    arguments = sys.argv[1:]
    if not arguments:
        print(__doc__)
        return 0
    testing = arguments[0] == "test"
    set_up("test" if testing else "")
    if testing:
        return run_checks(arguments[1:])
    return subprocess.call([str(tool("python")), "-m", "landbridge", *arguments])


def set_up(extra: str) -> None:
    """Create the environment and install Landbridge, unless that was done for this version."""
    if not tool("python").exists():
        create_environment()
    done = ENVIRONMENT / f".landbridge-{extra or 'run'}"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if done.exists() and done.read_text(encoding="utf-8") == wanted:
        return
    print("Setting up Landbridge (once) ...", file=sys.stderr, flush=True)
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    quiet = ["--quiet", "--disable-pip-version-check"]
    subprocess.check_call(
        [str(tool("python")), "-m", "pip", "install", *quiet, "--editable", target]
    )
    done.write_text(wanted, encoding="utf-8")


def create_environment() -> None:
    """Create ``.venv`` with pip in it, whatever this Python was shipped without."""
    create = [sys.executable, "-m", "venv", str(ENVIRONMENT)]
    if subprocess.call(create, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
        return
    # Debian and Ubuntu ship Python without ensurepip: make the environment without pip and
    # bring pip in from PyPI.
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    subprocess.check_call([*create, "--without-pip"])
    try:
        install_pip()
    except Exception:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        raise


def install_pip() -> None:
    """Download pip's wheel, check its hash against the index, and let it install itself."""
    with urllib.request.urlopen(PIP_INDEX, timeout=60) as answer:
        files = json.load(answer)["urls"]
    wheel = next(entry for entry in files if entry["packagetype"] == "bdist_wheel")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / wheel["filename"]
        address = urllib.parse.urljoin(PIP_INDEX, wheel["url"])
        if not address.startswith("https://"):
            raise RuntimeError(f"pip is offered at an address that is not https: {address}")
        with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - checked above
            path.write_bytes(answer.read())
        if hashlib.sha256(path.read_bytes()).hexdigest() != wheel["digests"]["sha256"]:
            raise RuntimeError("pip's download does not match the hash in the index")
        install = [str(tool("python")), f"{path}/pip", "install", "--quiet", str(path)]
        subprocess.check_call(install)


def run_checks(arguments: list[str]) -> int:
    """Run lint, types, layers and tests; report every one, fail if any failed."""
    failed = []
    for name, command in CHECKS:
        print(f"== {name}", flush=True)
        if subprocess.call([str(tool(command[0])), *command[1:]], cwd=ROOT) != 0:
            failed.append(name)
    print("== tests", flush=True)
    pytest = [str(tool("python")), "-m", "pytest", "-n", "2", "--dist", "worksteal"]
    # The last -m counts, so that `start.py test -m night` runs what is left out here.
    pytest += ["-m", "not night", *arguments]
    if subprocess.call(pytest, cwd=ROOT) != 0:
        failed.append("tests")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
