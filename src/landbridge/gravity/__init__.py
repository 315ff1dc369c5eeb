"""How strongly trade responds: gravity equations estimated from flows."""

from landbridge.gravity.ppml.estimation import fit
from landbridge.gravity.ppml.results import GravityFit
from landbridge.gravity.spec import GravitySpec, Inference, Limits

__all__ = ["GravityFit", "GravitySpec", "Inference", "Limits", "fit"]
