"""What importers charge, as a user asks for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import landbridge as lb
from landbridge.basis import embedded_basis
from landbridge.errors import InputError
from landbridge.verbs.world_tariffs import importers_table


def test_importers_and_partners_agree_with_each_other() -> None:
    model = lb.load()
    importers = model.world_table(tariffs=True).tables["world_tariffs"].set_index("iso3")
    pakistan = model.world_table("Pakistan", tariffs=True).tables["world_tariffs"]
    paid = float((pakistan["imports_million_usd"] * pakistan["charged_percent"]).sum() / 100)
    assert paid == pytest.approx(importers.loc["PAK", "revenue_million_usd"], rel=1e-9)
    pair = model.world_table("PAK", "UZB", tariffs=True).tables["world_tariffs"]
    other = model.world_table("UZB", "PAK", tariffs=True).tables["world_tariffs"]
    assert float(pair["charged_percent"].iloc[0]) == float(other["faced_percent"].iloc[0])
    assert pair["agreement"].tolist() == ["preference"]
    assert np.isfinite(importers["mean_percent"]).all()


def test_a_world_without_tariffs_says_so() -> None:
    basis = embedded_basis()
    bare = replace(basis, world=replace(basis.world, tariffs=None))
    with pytest.raises(InputError, match="no tariffs"):
        importers_table(bare)
