"""How strongly trade responds: gravity equations estimated from flows."""

from landbridge.gravity.estimation import fit
from landbridge.gravity.results import GravityFit
from landbridge.gravity.spec import GravitySpec, Inference, Limits

__all__ = ["GravityFit", "GravitySpec", "Inference", "Limits", "fit"]
