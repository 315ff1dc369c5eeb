"""What the world becomes: solved, with a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landbridge.lazy import lazily

if TYPE_CHECKING:
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
__getattr__ = lazily(
    __name__,
    {
        "Baseline": "one_sector",
        "BaselineReport": "sectors.tables",
        "CLOSURES": "results",
        "CapitalAssumptions": "sectors.capital",
        "CapitalPath": "sectors.capital",
        "Certificate": "results",
        "Closure": "market",
        "Decomposition": "decomposition",
        "Equilibrium": "results",
        "Executor": "sectors.draws",
        "FirstOrderWelfare": "sectors.first_order",
        "SectorElasticities": "sectors.elasticities",
        "SectorOptions": "sectors.solver",
        "SectoralBaseline": "sectors.baseline",
        "SectoralCertificate": "sectors.results",
        "SectoralDecomposition": "sectors.path_welfare",
        "SectoralDraws": "sectors.draws",
        "SectoralEquilibrium": "sectors.results",
        "SectoralShock": "sectors.shock",
        "SectoralTables": "sectors.tables",
        "SolverOptions": "solver",
        "Treatment": "sectors.tables",
        "accumulate_capital": "sectors.capital",
        "decompose": "decomposition",
        "decompose_prepared": "decomposition",
        "decompose_sectors": "sectors.path_welfare",
        "elasticity_sets": "sectors.elasticities",
        "first_order_welfare": "sectors.first_order",
        "in_this_process": "sectors.draws",
        "prepare": "one_sector",
        "prepare_sectors": "sectors.baseline",
        "sector_elasticities": "sectors.elasticities",
        "solve": "one_sector",
        "solve_draws": "sectors.draws",
        "solve_prepared": "one_sector",
        "solve_sectors": "sectors.multi_sector",
    },
)
