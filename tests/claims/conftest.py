"""A claims file of a user's own."""

from __future__ import annotations

import pytest

HEAD = 'format = 1\ntitle = "Mine"\nrules_written = 2026-01-01\n'
CLAIM = """
[[claims]]
id = "M1"
title = "One"
claim = "Something is so."
who = "own"
by = "me"
source = "a talk"
reading = "As it stands."
would_change = "Another number."
cannot_tell = "The rest."

[[claims.tests]]
kind = "level"
says = "The figures add up"
reason = "Sums do."
at_most = 5
quantity = { kind = "stated_gap", statement = "pak-rus-2018" }
"""


@pytest.fixture
def head() -> str:
    return HEAD


@pytest.fixture
def claim() -> str:
    return CLAIM
