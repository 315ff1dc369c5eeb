"""Write the table of verdicts into docs/claims.md, from a run of the ledger.

    python tools/build_claims_page.py             # as many draws as the command takes by default
    python tools/build_claims_page.py --draws 0

The same data, version, draws and seed give the same table; only the day differs.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

import landbridge as lb
from landbridge.claims.ledger import Weighed
from landbridge.claims.rules import Finding
from landbridge.claims.tables import number_text
from landbridge.draws.defaults import CLAIM_DRAWS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "claims.md"
START = "<!-- verdicts: written by tools/build_claims_page.py -->"
END = "<!-- end of verdicts -->"
SIGNS = {
    "passed": "holds", "failed": "fails", "open": "open", "missing": "none", "refused": "none",
    "beyond": "none",
}  # fmt: skip


def main() -> None:
    """Weigh the ledger and put its table between the marks."""
    parser = argparse.ArgumentParser(description="Write the verdicts into docs/claims.md.")
    parser.add_argument("--draws", type=int, default=CLAIM_DRAWS)
    draws = parser.parse_args().draws

    def told(what: str, done: int, total: int) -> None:
        if done == total:
            print(what, flush=True)

    weighed = lb.load().claims(draws=draws, progress=told).found
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{START}\n\n{section(weighed)}\n{END}{after}", encoding="utf-8")


def section(weighed: Weighed) -> str:
    """Write the table, what it was made from, and how the claims came out."""
    day = datetime.now(tz=UTC).date().isoformat()
    runs = ", ".join(f"`{name}` {sha[:12]}" for name, sha in weighed.scenarios.items())
    how = f"Landbridge {lb.__version__}, {weighed.draws} draws, seed {weighed.seed}"
    lines = [
        f"Found on {day} with {how}. Runs and hashes: {runs}.",
        "",
        "| claim | who | verdict | tests: how each came out, and its number with the 90 % band |",
        "|---|---|---|---|",
    ]
    for verdict in weighed.verdicts:
        claim = verdict.claim
        tests = "<br>".join(_test(one) for one in verdict.findings)
        lines.append(
            f"| **{claim.id}** {claim.claim} | {claim.by} | **{verdict.word}** | {tests} |"
        )
    return "\n".join(lines) + "\n"


def _test(one: Finding) -> str:
    sign = SIGNS[one.standing] + (", close call" if one.close else "")
    number = one.why if one.number is None else number_text(one.number)
    decisive = " (decisive)" if one.test.decisive else ""
    return f"*{sign}*: {one.test.says}{decisive}: {number}"


if __name__ == "__main__":
    main()
