"""A page as one HTML file that asks nothing of the outside."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

from landbridge.freight.network.geometry import ATTRIBUTION
from landbridge.report.maps.boundaries import read_boundaries
from landbridge.report.svg.builder import Markup

PARTS = "parts.html.j2"


def page(template: str, **content: object) -> str:
    """Fill a template of the package: style, script, policy and disclaimers are added.

    Parameters
    ----------
    template
        Name of the template's file.
    content
        What it shows, by name.
    """
    script = _template("sort.js")
    from jinja2 import (  # noqa: PLC0415 - most uses write no page
        DictLoader,
        Environment,
        StrictUndefined,
    )

    environment = Environment(
        loader=DictLoader({name: _template(name) for name in (template, PARTS)}),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    boundaries = read_boundaries()
    return environment.get_template(template).render(
        **content,
        policy=policy(script),
        style=Markup(_template("style.css")),
        script=Markup(script),
        disclaimer=(
            f"{boundaries.disclaimer} {boundaries.own_disclaimer} {boundaries.attribution} "
            f"{ATTRIBUTION}"
        ),
    )


def policy(script: str) -> str:
    """Write the content security policy of a page that holds this one script."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def _template(name: str) -> str:
    folder = resources.files("landbridge") / "report" / "templates"
    return (folder / name).read_text(encoding="utf-8")
