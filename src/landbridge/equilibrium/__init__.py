"""What the world becomes: solved, with a certificate."""

from landbridge.equilibrium.decomposition import Decomposition, decompose, decompose_prepared
from landbridge.equilibrium.market import Closure
from landbridge.equilibrium.one_sector import Baseline, prepare, solve, solve_prepared
from landbridge.equilibrium.results import CLOSURES, Certificate, Equilibrium
from landbridge.equilibrium.solver import SolverOptions

__all__ = [
    "CLOSURES",
    "Baseline",
    "Certificate",
    "Closure",
    "Decomposition",
    "Equilibrium",
    "SolverOptions",
    "decompose",
    "decompose_prepared",
    "prepare",
    "solve",
    "solve_prepared",
]
