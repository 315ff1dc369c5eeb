"""A study as a folder of files: one page, a workbook, a chart and the tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import pandas as pd

from landbridge.report.formats.columns import column_face, table_face
from landbridge.report.formats.delimited import to_csv
from landbridge.report.formats.folder import write_folder
from landbridge.report.formats.values import plain_rows
from landbridge.report.pages.parts.effects import effects_sections
from landbridge.report.pages.parts.html import page
from landbridge.report.pages.parts.html_tables import PageTable, frame_table
from landbridge.report.pages.parts.pieces import Part, Section
from landbridge.report.pages.parts.workbook import ReadmeSections, write_book
from landbridge.report.presentation import OnDemand, Presentation
from landbridge.report.svg.builder import Markup, svg_file
from landbridge.studies.contract import Provenance
from landbridge.version import VERSION

TEMPLATE: Final = "study.html.j2"


@dataclass(frozen=True, eq=False)
class StudyPage:
    """What the page and the workbook of a study show.

    Attributes
    ----------
    name
        Stem of the files.
    title, kicker, meta
        Of the page: title, kind of study, and what it rests on.
    headline, notes
        Sentences.
    tables
        By their names in ``tables.csv``.
    sections
        Of the page, the headline's first.
    charts
        Drawings by the name of their file.
    provenance
        What it was made from: a section of its own, last on the page; absent: none.
    """

    name: str
    title: str
    kicker: str
    meta: str
    headline: Sequence[str]
    notes: Sequence[str]
    tables: Mapping[str, pd.DataFrame]
    sections: Sequence[Section]
    charts: Mapping[str, Markup] = field(default_factory=dict)
    provenance: Provenance | None = None


def source_of(meta: str) -> str:
    """Say who made the numbers, for captions."""
    return f"Landbridge {VERSION}, model. {meta}"


def table_on_page(
    tables: Mapping[str, pd.DataFrame],
    name: str,
    *,
    meta: str,
    banded: bool,
    columns: Sequence[str] | None = None,
    rows: int | None = None,
) -> PageTable:
    """Bring a table of a study into the form in which a page shows it.

    Parameters
    ----------
    tables, name
        The tables, and the one to show.
    meta
        What the study rests on.
    banded
        Whether there are bands.
    columns, rows
        The columns, and how many of the first rows; all where absent.
    """
    frame = tables[name] if rows is None else tables[name].head(rows)
    return frame_table(
        frame, name, source=source_of(meta), columns=columns, banded=banded, key=name
    )


def write_study(study: StudyPage, directory: Path) -> list[Path]:
    """Write a study into a folder.

    Parameters
    ----------
    study
        What to show.
    directory
        Where to; made when it is not there. Files of the same names are replaced, others are left
        alone.

    Returns
    -------
    list of Path
        ``NAME.html`` (one page that asks nothing of the outside), ``NAME.xlsx``, ``NAME.json``,
        ``*.svg`` and ``tables/*.csv``.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    made = present_page(study)
    return write_folder(directory, made.texts, made.writers)


def present_page(study: StudyPage) -> Presentation:
    """Compose the files of a study: page, workbook, JSON, charts and tables."""

    def written() -> str:
        effects = effects_sections(study.tables, study.sections, source=source_of(study.meta))
        return page(
            TEMPLATE,
            title=study.title,
            kicker=study.kicker,
            meta=study.meta,
            version=VERSION,
            headline=tuple(study.headline),
            sections=(*study.sections, *effects, *_made_from(study.provenance)),
        )

    makers: dict[str, Callable[[], str]] = {
        f"{study.name}.html": written,
        f"{study.name}.json": partial(_json, study),
        **{f"{name}.svg": partial(svg_file, drawn) for name, drawn in study.charts.items()},
        **{f"tables/{name}.csv": partial(to_csv, one) for name, one in study.tables.items()},
    }
    return Presentation(
        texts=OnDemand(makers),
        writers={
            f"{study.name}.xlsx": lambda path: write_book(
                path, title=study.title, readme=_readme(study), tables=study.tables
            )
        },
        figures=study.charts,
        page=f"{study.name}.html",
        document=f"{study.name}.json",
    )


def _readme(study: StudyPage) -> ReadmeSections:
    sheets = [
        (table_face(name).sheet, f"{table_face(name).title}: {table_face(name).description}")
        for name in study.tables
    ]
    return [
        ("Headline", [("", sentence) for sentence in study.headline]),
        (
            "What it rests on",
            [("", study.meta), ("Landbridge", VERSION), *_facts(study.provenance)],
        ),
        ("Sheets", sheets),
        ("Notes", [("", note) for note in study.notes]),
        *(
            [("What was completed", [("", told) for told in study.provenance.completed])]
            if study.provenance and study.provenance.completed
            else []
        ),
    ]


def _made_from(provenance: Provenance | None) -> tuple[Section, ...]:
    """Say what a study was made from, and what was completed in a world of the user's."""
    if provenance is None:
        return ()
    part = Part(notes=provenance.completed, facts=_facts(provenance))
    return (Section("provenance", "What it was made from", (part,)),)


def _facts(provenance: Provenance | None) -> tuple[tuple[str, str], ...]:
    """Lay a provenance out as labels and words."""
    if provenance is None:
        return ()
    table = provenance.table()
    return tuple(
        (what.replace("_", " ").capitalize(), value)
        for what, value in zip(table["what"], table["value"], strict=True)
    )


def _json(study: StudyPage) -> str:
    document: dict[str, object] = {
        "format": f"landbridge-{study.name}/1",
        "title": study.title,
        "meta": study.meta,
        "headline": list(study.headline),
        "notes": list(study.notes),
        "tables": {name: _table(name, table) for name, table in study.tables.items()},
    }
    if study.provenance is not None:
        document["provenance"] = asdict(study.provenance)
    return (
        json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"
    )


def _table(name: str, frame: pd.DataFrame) -> dict[str, object]:
    faces = {
        column: column_face(column, frame[column], table=name, beside=frame.columns)
        for column in frame.columns
    }
    return {
        "title": table_face(name).title,
        "columns": [
            {"name": column, "title": face.title, "unit": face.unit}
            for column, face in faces.items()
        ],
        "rows": plain_rows(frame),
    }
