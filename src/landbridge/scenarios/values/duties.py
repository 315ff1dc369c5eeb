"""Tariffs that bring revenue, and what measures change of them.

A `Schedule` holds what importers charge: a rate where no agreement binds (MFN), the part of it that
an agreement takes off, the share of trade that makes use of that, and rates that are stated pair by
pair. Measures edit it, one after the other, and it gives a rate for every pair.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from landbridge.atlas.standing import DEPTHS, AgreementDepth
from landbridge.scenarios.values.fields import PercentBand
from landbridge.units import PERCENT, BoolArray, FloatArray, IntArray
from landbridge.world.tariffs.base import PreferenceRules, Tariffs

FARM_SECTORS = frozenset({"A", "C10T12"})
"""Sectors of the world with 20 sectors whose tariffs are those on farm goods and food."""


@dataclass(frozen=True)
class TariffValues:
    """Uncertain numbers of tariffs at given values.

    Attributes
    ----------
    preferences
        What agreements take off, and who uses it.
    non_tariff_percent
        By depth of agreement: what of the value of goods is saved at the border beside tariffs.
    farm_ratio
        Tariffs on farm goods and food over those on other goods.
    level
        Factor on every tariff that is not the user's own or stated by a measure.
    """

    preferences: PreferenceRules = field(default_factory=lambda: PreferenceRules(1.0, {}))
    non_tariff_percent: Mapping[str, float] = field(default_factory=dict)
    farm_ratio: float = 1.0
    level: float = 1.0

    def saved_by_rank(self) -> FloatArray:
        """List what agreements save beside tariffs by rank of depth, ``[6]`` ratio of value."""
        saved = [self.non_tariff_percent.get(depth, 0.0) / PERCENT for depth in DEPTHS]
        return np.array([0.0, *saved])


@dataclass(frozen=True, eq=False)
class Schedule:
    """What importers charge on goods while measures change it.

    Attributes
    ----------
    mfn
        ``[N, N]`` ratio of the value at the border: what is charged without a preference.
    eligible, used
        ``[N, N]`` share of the tariff that an agreement takes off where it is used, and the share
        of trade that uses it.
    standing
        ``[N, N]`` rank of the depth of the agreement.
    stated
        ``[N, N]`` ratio: rates that are stated pair by pair; missing elsewhere.
    imports
        ``[N]`` goods bought from others, million USD.
    """

    mfn: FloatArray
    eligible: FloatArray
    used: FloatArray
    standing: IntArray
    stated: FloatArray
    imports: FloatArray

    def rates(self) -> FloatArray:
        """Compute what is charged, ``[N, N]`` ratio; zero on the diagonal."""
        paid = self.mfn * (1.0 - self.used * self.eligible)
        paid = np.where(np.isnan(self.stated), paid, self.stated)
        np.fill_diagonal(paid, 0.0)
        return np.asarray(paid)


def schedule_of(tariffs: Tariffs, values: TariffValues, *, relative: FloatArray) -> Schedule:
    """Build the schedule before any measure.

    Parameters
    ----------
    tariffs
        Of the world.
    values
        Uncertain numbers.
    relative
        ``[N]`` the sector's tariff over the mean of the importer's goods; ones for all goods.
    """
    inferred = np.broadcast_to(values.level * tariffs.mfn * relative, tariffs.own.shape)
    # Preferences are in a user's rates already: what is signed anew takes off all of them.
    own = ~np.isnan(tariffs.own)
    return Schedule(
        mfn=np.where(own, tariffs.own, inferred),
        eligible=np.where(own, 0.0, tariffs.eligible(values.preferences)),
        used=tariffs.used(values.preferences),
        standing=tariffs.standing,
        stated=np.full(own.shape, np.nan),
        imports=tariffs.imports,
    )


def charged_rates(tariffs: Tariffs, values: TariffValues) -> FloatArray:
    """Compute what is charged on goods before any measure, ``[N, N]`` ratio."""
    return schedule_of(tariffs, values, relative=np.ones_like(tariffs.mfn)).rates()


@dataclass(frozen=True, eq=False)
class TariffEdit(ABC):
    """What one measure changes of tariffs.

    Attributes
    ----------
    measure
        Its id.
    sectors
        Codes that it is limited to; empty for all goods.
    """

    measure: str
    sectors: tuple[str, ...]

    def before(self, schedule: Schedule, rates: Mapping[str, float]) -> Schedule:
        """Put what it says of the time before into the schedule; most say nothing."""
        del rates
        return schedule

    @abstractmethod
    def after(
        self, schedule: Schedule, rates: Mapping[str, float], values: TariffValues
    ) -> Schedule:
        """Change the schedule."""


@dataclass(frozen=True, eq=False)
class SetRate(TariffEdit):
    """Set a rate pair by pair.

    Attributes
    ----------
    pairs
        ``[N, N]`` True where it acts.
    rate_before, rate_after
        Percent; before None: as it is in the world.
    names
        Parameters that hold the two where they have a band.
    """

    pairs: BoolArray
    rate_before: PercentBand | None
    rate_after: PercentBand
    names: tuple[str, str]

    def before(self, schedule: Schedule, rates: Mapping[str, float]) -> Schedule:
        """State the rate before, where the measure says one."""
        if self.rate_before is None:
            return schedule
        return self._stated(schedule, rates.get(self.names[0], self.rate_before.central))

    def after(
        self, schedule: Schedule, rates: Mapping[str, float], values: TariffValues
    ) -> Schedule:
        """State the rate after."""
        del values
        return self._stated(schedule, rates.get(self.names[1], self.rate_after.central))

    def _stated(self, schedule: Schedule, percent: float) -> Schedule:
        stated = np.where(self.pairs, percent / PERCENT, schedule.stated)
        return replace(schedule, stated=stated)


@dataclass(frozen=True, eq=False)
class Harmonise(TariffEdit):
    """Let members charge one tariff on everybody with whom they have no agreement.

    Attributes
    ----------
    members
        ``[N]`` True for those who charge it.
    rate
        Percent; None for the mean of their own, weighted by what they import.
    name
        Parameter that holds the rate where it has a band.
    """

    members: BoolArray
    rate: PercentBand | None
    name: str

    def after(
        self, schedule: Schedule, rates: Mapping[str, float], values: TariffValues
    ) -> Schedule:
        """Put the common tariff in the place of the members' own."""
        del values
        if self.rate is not None:
            common = rates.get(self.name, self.rate.central) / PERCENT
        else:
            weights = np.where(self.members, schedule.imports, 0.0)
            equal = self.members.astype(np.float64)
            # What most of the others pay is the tariff without a preference.
            own = np.median(schedule.mfn, axis=0)
            common = float(np.average(own, weights=weights if weights.any() else equal))
        return replace(schedule, mfn=np.where(self.members[None, :], common, schedule.mfn))


@dataclass(frozen=True, eq=False)
class Free(TariffEdit):
    """Let an agreement take tariffs off.

    Attributes
    ----------
    pairs
        ``[N, N]`` True where it is signed.
    depth
        How deep it goes.
    duty_free
        Percent of the tariff that its text takes off; None for what its depth takes off.
    name
        Parameter that holds that where it has a band.
    is_new
        Whether it counts as if no agreement bound the pair before.
    moves_tariffs
        Whether tariffs follow; otherwise it only binds, and they stay as they are.
    """

    pairs: BoolArray
    depth: AgreementDepth
    duty_free: PercentBand | None
    name: str
    is_new: bool
    moves_tariffs: bool = True

    def before(self, schedule: Schedule, rates: Mapping[str, float]) -> Schedule:
        """Take agreements in force away where this one counts as new."""
        del rates
        if not self.is_new:
            return schedule
        unbound = replace(schedule, standing=np.where(self.pairs, 0, schedule.standing))
        if not self.moves_tariffs:
            return unbound
        return replace(unbound, eligible=np.where(self.pairs, 0.0, schedule.eligible))

    def after(
        self, schedule: Schedule, rates: Mapping[str, float], values: TariffValues
    ) -> Schedule:
        """Take off what the text says, where no deeper agreement does so already."""
        rank = DEPTHS.index(self.depth) + 1
        cut = values.preferences.cut_by_rank()[rank]
        if self.duty_free is not None:
            cut = rates.get(self.name, self.duty_free.central) / PERCENT
        used = values.preferences.used_by_rank()[rank]
        deeper = self.pairs & (used * cut > schedule.used * schedule.eligible)
        if not self.moves_tariffs:
            deeper = np.zeros_like(self.pairs)
        return replace(
            schedule,
            eligible=np.where(deeper, cut, schedule.eligible),
            used=np.where(deeper, used, schedule.used),
            standing=np.where(self.pairs, np.maximum(schedule.standing, rank), schedule.standing),
        )


@dataclass(frozen=True, eq=False)
class SetUse(TariffEdit):
    """Set what share of the trade with a right to a preference makes use of it."""

    pairs: BoolArray
    share: PercentBand
    name: str

    def after(
        self, schedule: Schedule, rates: Mapping[str, float], values: TariffValues
    ) -> Schedule:
        """Set the share of use."""
        del values
        share = rates.get(self.name, self.share.central) / PERCENT
        return replace(schedule, used=np.where(self.pairs, share, schedule.used))


@dataclass(frozen=True, eq=False)
class Compliance(TariffEdit):
    """Let those who use a preference pay for the proof of origin: a cost, and no tariff."""

    pairs: BoolArray
    cost_before: PercentBand
    cost_after: PercentBand
    names: tuple[str, str]

    def after(
        self, schedule: Schedule, rates: Mapping[str, float], values: TariffValues
    ) -> Schedule:
        """Change no tariff."""
        del rates, values
        return schedule

    def tau_hat(self, schedule: Schedule, rates: Mapping[str, float]) -> FloatArray:
        """Compute the ratio of one plus the cost over all goods, ``[N, N]``.

        Those who do not ask for the preference prove nothing: the cost is borne in proportion.
        """
        before = rates.get(self.names[0], self.cost_before.central) / PERCENT
        after = rates.get(self.names[1], self.cost_after.central) / PERCENT
        using = np.where(self.pairs & (schedule.eligible > 0), schedule.used, 0.0)
        return np.asarray((1.0 + using * after) / (1.0 + using * before))


@dataclass(frozen=True, eq=False)
class Duties:
    """Tariffs on goods before and after a scenario, ``[N, N]`` ratios of the value at the border.

    Attributes
    ----------
    before, after
        Of all goods, or of those that no measure names.
    by_sector
        Before and after of sectors that measures name.
    """

    before: FloatArray
    after: FloatArray
    by_sector: Mapping[str, tuple[FloatArray, FloatArray]] = field(default_factory=dict)


def sector_relative(code: str, farm_share: FloatArray | float, ratio: float) -> FloatArray:
    """Compute a sector's tariff over the mean of the importer's goods.

    Parameters
    ----------
    code
        Of the world with 20 sectors; empty for goods in general.
    farm_share
        ``[N]`` share of farm goods and food in imports of goods.
    ratio
        Tariffs on farm goods and food over those on other goods.

    Returns
    -------
    numpy.ndarray
        ``[N]``; the mean over imports is one.
    """
    mean = 1.0 + np.asarray(farm_share, dtype=np.float64) * (ratio - 1.0)
    if not code:
        return np.ones_like(mean)
    return np.asarray((ratio if code in FARM_SECTORS else 1.0) / mean)


@dataclass(frozen=True, eq=False)
class TariffChange:
    """The edits of a scenario, and what they are applied to.

    Attributes
    ----------
    tariffs
        Of the world; None where it has none: then nothing is charged before.
    edits
        In the order of the measures.
    values
        Uncertain numbers of tariffs.
    rates
        Values of rates with a band, by name.
    farm_share
        ``[N]`` as in `sector_relative`.
    """

    tariffs: Tariffs
    edits: tuple[TariffEdit, ...]
    values: TariffValues
    rates: Mapping[str, float]
    farm_share: FloatArray | float = 0.0

    def schedules(
        self, code: str = "", *, edits: Iterable[TariffEdit] | None = None
    ) -> tuple[Schedule, Schedule]:
        """Build the schedules before and after for a sector; empty for goods in general."""
        relative = sector_relative(code, self.farm_share, self.values.farm_ratio)
        relative = np.broadcast_to(relative, self.tariffs.mfn.shape)
        own = self.tariffs.own_by_sector.get(code)
        held = self.tariffs if own is None else replace(self.tariffs, own=own)
        before = schedule_of(held, self.values, relative=relative)
        acting = [
            edit
            for edit in (self.edits if edits is None else edits)
            if not edit.sectors or code in edit.sectors
        ]
        for edit in acting:
            before = edit.before(before, self.rates)
        after = before
        for edit in acting:
            after = edit.after(after, self.rates, self.values)
        return before, after

    def duties(self, sectors: Iterable[str]) -> Duties:
        """Work out the tariffs before and after of all goods, and of some sectors."""
        before, after = self.schedules()
        named = {code: self.schedules(code) for code in sectors}
        return Duties(
            before=before.rates(),
            after=after.rates(),
            by_sector={code: (one.rates(), two.rates()) for code, (one, two) in named.items()},
        )
