"""How strongly trade responds: gravity equations estimated from flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landbridge.lazy import lazily

if TYPE_CHECKING:
    from landbridge.gravity.ppml.estimation import fit
    from landbridge.gravity.ppml.results import GravityFit
    from landbridge.gravity.spec import GravitySpec, Inference, Limits

__all__ = ["GravityFit", "GravitySpec", "Inference", "Limits", "fit"]
__getattr__ = lazily(
    __name__,
    {
        "GravityFit": "ppml.results",
        "GravitySpec": "spec",
        "Inference": "spec",
        "Limits": "spec",
        "fit": "ppml.estimation",
    },
)
