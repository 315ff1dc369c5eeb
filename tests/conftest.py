"""What holds for every test: random examples are new at a desk, and the same in a pipeline."""

from __future__ import annotations

import os

from hypothesis import settings

# A pipeline answers for a change, not for a rare world that was there before it. At a desk, and in
# the long round at night, examples stay random and what fails is kept.
settings.register_profile("pipeline", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("pipeline")
