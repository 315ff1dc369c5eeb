"""What the world becomes: solved, with a certificate."""

from landbridge.equilibrium.decomposition import Decomposition, decompose, decompose_prepared
from landbridge.equilibrium.market import Closure
from landbridge.equilibrium.one_sector import Baseline, prepare, solve, solve_prepared
from landbridge.equilibrium.results import CLOSURES, Certificate, Equilibrium
from landbridge.equilibrium.sectors.baseline import SectoralBaseline, prepare_sectors
from landbridge.equilibrium.sectors.capital import (
    CapitalAssumptions,
    CapitalPath,
    accumulate_capital,
)
from landbridge.equilibrium.sectors.draws import (
    Executor,
    SectoralDraws,
    in_this_process,
    solve_draws,
)
from landbridge.equilibrium.sectors.elasticities import (
    SectorElasticities,
    elasticity_sets,
    sector_elasticities,
)
from landbridge.equilibrium.sectors.first_order import FirstOrderWelfare, first_order_welfare
from landbridge.equilibrium.sectors.multi_sector import solve_sectors
from landbridge.equilibrium.sectors.path_welfare import SectoralDecomposition, decompose_sectors
from landbridge.equilibrium.sectors.results import SectoralCertificate, SectoralEquilibrium
from landbridge.equilibrium.sectors.shock import SectoralShock
from landbridge.equilibrium.sectors.solver import SectorOptions
from landbridge.equilibrium.sectors.tables import BaselineReport, SectoralTables, Treatment
from landbridge.equilibrium.solver import SolverOptions

__all__ = [
    "CLOSURES",
    "Baseline",
    "BaselineReport",
    "CapitalAssumptions",
    "CapitalPath",
    "Certificate",
    "Closure",
    "Decomposition",
    "Equilibrium",
    "Executor",
    "FirstOrderWelfare",
    "SectorElasticities",
    "SectorOptions",
    "SectoralBaseline",
    "SectoralCertificate",
    "SectoralDecomposition",
    "SectoralDraws",
    "SectoralEquilibrium",
    "SectoralShock",
    "SectoralTables",
    "SolverOptions",
    "Treatment",
    "accumulate_capital",
    "decompose",
    "decompose_prepared",
    "decompose_sectors",
    "elasticity_sets",
    "first_order_welfare",
    "in_this_process",
    "prepare",
    "prepare_sectors",
    "sector_elasticities",
    "solve",
    "solve_draws",
    "solve_prepared",
    "solve_sectors",
]
