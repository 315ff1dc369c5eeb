"""Sign a trade agreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from landbridge.atlas.composites import Group
from landbridge.atlas.relations import Act
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.measures.base import Context
from landbridge.scenarios.measures.pairs import BySector, parties_told
from landbridge.scenarios.values.fields import AgreementDepth, Party
from landbridge.scenarios.values.pair_costs import Pair, Piece, Policy, no_policy
from landbridge.units import FloatArray


class SignAgreement(BySector):
    """Sign a trade agreement: every pair of economies of different parties is covered."""

    order: ClassVar[int] = 160
    holds_already: ClassVar[str] = "its depth has no effect on trade"
    blocked_acts: ClassVar[tuple[Act, ...]] = ("formal_agreement", "trade")

    kind: Literal["sign_agreement"]
    parties: Annotated[tuple[Party, ...], Field(min_length=2, max_length=60)]
    """Economies, blocs or groups; each is one party, with its members at the scenario's date."""
    depth: AgreementDepth = "free_trade_area"
    """How far it goes; each depth has an estimated trade effect with a source."""

    def describe(self, context: Context, network: FreightNetwork | None = None) -> str:
        """Say how deep it goes, and between whom."""
        del context, network
        depth = self.depth.replace("_", " ").capitalize()
        only = f", for sectors {', '.join(self.sectors)} alone" if self.sectors else ""
        return f"{depth} between {parties_told(self.parties)}{only}"

    def named(self) -> tuple[str | Group, ...]:
        """List its parties."""
        return self.parties

    def with_sides(self, one: Group, other: Group) -> Mapping[str, object]:
        """Make the two groups its parties."""
        return {"parties": (one, other)}

    def policy(
        self,
        context: Context,
        iso3: tuple[str, ...],
        *,
        blocked: frozenset[Pair] = frozenset(),
        potential: FloatArray | None = None,
    ) -> Policy | None:
        """Mark who is covered; the effect of its depth is drawn with the run."""
        del potential
        self.check_sectors()
        pairs = self.marked(context, iso3, blocked)
        if self.sectors:
            piece = Piece(self.id, pairs, self.sectors, depth=self.depth)
            return replace(no_policy(iso3), pieces=(piece,))
        return replace(no_policy(iso3), agreement_pairs={self.depth: pairs})
