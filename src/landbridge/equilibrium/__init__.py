"""What the world becomes: solved, with a certificate."""

from landbridge.equilibrium.market import Closure
from landbridge.equilibrium.one_sector import Baseline, prepare, solve, solve_prepared
from landbridge.equilibrium.results import CLOSURES, Certificate, Equilibrium
from landbridge.equilibrium.solver import SolverOptions

__all__ = [
    "CLOSURES",
    "Baseline",
    "Certificate",
    "Closure",
    "Equilibrium",
    "SolverOptions",
    "prepare",
    "solve",
    "solve_prepared",
]
