"""The public door: a `Model` is a basis with the verbs of the tool on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from landbridge import codes
from landbridge.basis import Basis
from landbridge.gravity.uses.parameter_estimates import ParameterEstimates
from landbridge.sources.baseline import WorldFile
from landbridge.verbs.asking.loading import load_basis
from landbridge.world.base import World
from landbridge.world.sectors.base import SectoralWorld
from landbridge.world.tariffs.base import Tariffs

if TYPE_CHECKING:
    from landbridge.verbs.access import access
    from landbridge.verbs.backcast import backcast
    from landbridge.verbs.bridge import bridge
    from landbridge.verbs.catalogue import scenarios
    from landbridge.verbs.claims import claims
    from landbridge.verbs.coalition import coalition
    from landbridge.verbs.compare import compare
    from landbridge.verbs.critical import critical
    from landbridge.verbs.depend import depend
    from landbridge.verbs.freight_flows import freight_flows
    from landbridge.verbs.history import history
    from landbridge.verbs.invest import invest
    from landbridge.verbs.portfolio import portfolio
    from landbridge.verbs.potential import potential
    from landbridge.verbs.routes import compare_routes, profile, route
    from landbridge.verbs.running import run
    from landbridge.verbs.targets import targets
    from landbridge.verbs.validate_freight import validate_freight
    from landbridge.verbs.welfare import welfare_of
    from landbridge.verbs.world_table import world_table


class _Verb:
    """A verb that is imported when it is first asked for: a run needs no coalitions."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._owner: type = object
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        """Remember whose verb it is."""
        self._owner, self._name = owner, name

    def __get__(self, instance: object, owner: type) -> object:
        """Put the function itself in this place, and return it or the method."""
        function = getattr(import_module(f"landbridge.verbs.{self._module}"), self._name)
        setattr(self._owner, self._name, function)
        return getattr(owner if instance is None else instance, self._name)


@dataclass(frozen=True, eq=False, repr=False)
class Model(Basis):
    """World, freight network, tables by sector and parameters, with every verb of the tool.

    A model never changes. `with_world`, `with_network`, `with_parameters` and `with_estimates`
    return another one; each verb is the public function of the same name in `landbridge.verbs`.

    Examples
    --------
    >>> import landbridge as lb
    >>> model = lb.load()
    >>> model.welfare_of("n-cpec-plus").provenance.baseline_year
    2023
    """

    if TYPE_CHECKING:
        backcast = backcast
        bridge = bridge
        claims = claims
        coalition = coalition
        compare = compare
        history = history
        invest = invest
        portfolio = portfolio
        potential = potential
        run = run
        scenarios = scenarios
        targets = targets
        validate_freight = validate_freight
        welfare_of = welfare_of
        access = access
        critical = critical
        freight_flows = freight_flows
        depend = depend
        route = route
        profile = profile
        compare_routes = compare_routes
        world_table = world_table
    else:
        backcast = _Verb("backcast")
        bridge = _Verb("bridge")
        claims = _Verb("claims")
        coalition = _Verb("coalition")
        compare = _Verb("compare")
        history = _Verb("history")
        invest = _Verb("invest")
        portfolio = _Verb("portfolio")
        potential = _Verb("potential")
        run = _Verb("running")
        scenarios = _Verb("catalogue")
        targets = _Verb("targets")
        validate_freight = _Verb("validate_freight")
        welfare_of = _Verb("welfare")
        access = _Verb("access")
        critical = _Verb("critical")
        freight_flows = _Verb("freight_flows")
        depend = _Verb("depend")
        route = _Verb("routes")
        profile = _Verb("routes")
        compare_routes = _Verb("routes")
        world_table = _Verb("world_table")

    def __repr__(self) -> str:
        """Say what it stands on, in a few lines."""
        tables = self.network.tables
        head = (
            f"Model: world of {self.world.year}, {len(self.world.iso3)} economies; "
            f"{len(tables.nodes):,} places, {len(tables.links):,} links, "
            f"{len(tables.crossings):,} crossings; {len(self.parameters)} parameters"
        )
        lines = [head]
        lines += [f"  own {one.used_for}: {one.name}" for one in self.inputs]
        if self.inputs:
            lines += [f"  {note}" for note in self.notes]
        return "\n".join(lines)


def load(
    *,
    world: str | Path | WorldFile | World | None = None,
    year: int | None = None,
    fitted: bool = False,
    network: str | Path | Mapping[str, str | Path] | None = None,
    border_year: int | None = None,
    sectors: str | Path | SectoralWorld | None = None,
    sectors_year: int | None = None,
    estimates: str | Path | ParameterEstimates | None = None,
    tariffs: str | Path | Tariffs | None = None,
    air: bool = False,
) -> Model:
    """Load a model; what is not given is what ships with the package.

    Parameters
    ----------
    world
        A file of flows that the loaders know (BACI, ITPD, ICIO, Comtrade, a tidy table ...), a
        `WorldFile` that says how it is to be read, or a `World`.
    year
        Which year of the file.
    fitted
        Put what gravity predicts for every pair in the place of the flows, totals kept.
    network
        A folder of tables of rows in the place of defaults (``crossings.csv`` ...), or files by the
        name of their table.
    border_year
        Year of observation of the crossings.
    sectors
        Tables by sector of your own.
    sectors_year
        Their year; from their name where it is not given.
    estimates
        Folder of ``landbridge estimate --out``: its parameters take the place of the defaults.
    tariffs
        Tariffs of your own in the place of those that are inferred: a WITS file, or a table with
        the columns importer, exporter, tariff_percent (docs/tariffs.md).
    air
        Let goods fly as well.

    Raises
    ------
    InputError, FaultsError, DataError
        A file cannot be used; one message says where and how to mend it.

    Examples
    --------
    >>> import landbridge as lb
    >>> len(lb.load().world.iso3)
    210
    """
    basis = load_basis(
        world=world,
        year=year,
        fitted=fitted,
        network=network,
        border_year=border_year,
        sectors=sectors,
        sectors_year=sectors_year,
        estimates=estimates,
        tariffs=tariffs,
        air=air,
    )
    return model_of(basis)


def model_of(basis: Basis) -> Model:
    """Put the verbs on a basis."""
    return Model(**{one.name: getattr(basis, one.name) for one in fields(Basis)})


def economy(name: str) -> str:
    """Look up the ISO3 code of an economy by code or name.

    Raises
    ------
    UnknownNameError
        There is no such economy; the nearest names are offered.
    """
    return codes.resolve(name)
