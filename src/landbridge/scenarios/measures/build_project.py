"""Build a project of the register."""

from __future__ import annotations

from typing import ClassVar, Literal

from landbridge.codes import fold
from landbridge.freight.edits import applying as edit
from landbridge.freight.edits.applying import Edit
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.measures.base import Context, Measure
from landbridge.scenarios.values.fields import Name


class BuildProject(Measure):
    """Build a project of the register: its planned links open, its upgrades take effect."""

    order: ClassVar[int] = 10
    holds_already: ClassVar[str] = (
        "the project stands already, or has no link or upgrade in the network"
    )

    kind: Literal["build_project"]
    project: Name
    """Id of the project (`freight/data/projects.csv`)."""

    def describe(self, context: Context, network: FreightNetwork | None = None) -> str:
        """Say what the project is, as the network's table of projects has it."""
        if network is None:
            return super().describe(context)
        projects = network.projects
        row = projects.loc[projects["project"].map(fold) == fold(self.project)].iloc[0]
        return (
            f"Opens {row['name']}: {row['length_km']:g} km, {row['gauge_mm']:g} mm gauge; cost "
            f"{row['cost_low_billion_usd']:g} to {row['cost_high_billion_usd']:g} billion USD "
            f"(central {row['cost_central_billion_usd']:g})"
        )

    def content(self) -> str:
        """Say which project is built: two measures that build it are one."""
        return f"{self.kind} {self.project.casefold()}"

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """Open the planned links of the project and make its upgrades."""
        del context
        return (edit.OpenProject(project=self.project),)

    @property
    def project_built(self) -> str:
        """Its project."""
        return self.project
