"""A study as a page of chapters: each a heading with its figures and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from landbridge.report.formats.columns import LOW_SUFFIX
from landbridge.report.pages.parts.html_tables import PageTable
from landbridge.report.pages.parts.pieces import Figure, Part, Section
from landbridge.report.pages.parts.study import StudyPage, present_page, table_on_page
from landbridge.report.presentation import Presentation
from landbridge.report.svg.builder import Markup
from landbridge.studies.contract import Study

ROWS_SHOWN: Final = 60
"""Rows of a table on the page; the workbook has all."""


@dataclass(frozen=True)
class Chapter:
    """A heading with what stands under it.

    Attributes
    ----------
    key, title
        Of the section.
    tables
        Names of tables; one that the study lacks, or that is empty, is left out.
    figures
        Drawings, before the tables.
    """

    key: str
    title: str
    tables: tuple[str, ...]
    figures: tuple[Figure, ...] = ()


def present_chapters(
    study: Study[Any],
    chapters: Sequence[Chapter],
    *,
    kicker: str,
    meta: str,
    charts: Mapping[str, Markup] | None = None,
    shown: Mapping[str, Sequence[str]] | None = None,
) -> Presentation:
    """Compose the files of a study whose page is a row of chapters.

    Parameters
    ----------
    study
        What was found; its certificate is the last chapter where there is one.
    chapters
        The first one has the notes too.
    kicker, meta
        Kind of study, and what it rests on.
    charts
        Drawings by the name of their file.
    shown
        Columns on the page by table, where not all are shown.
    """
    columns = shown or {}

    def table(name: str) -> PageTable:
        frame = study.tables[name]
        return table_on_page(
            study.tables,
            name,
            meta=meta,
            banded=_banded(frame),
            columns=[one for one in columns[name] if one in frame] if name in columns else None,
            rows=ROWS_SHOWN,
        )

    sections = []
    for place, chapter in enumerate(chapters):
        held = tuple(table(n) for n in chapter.tables if len(study.tables.get(n, ())))
        notes = (Part(notes=study.notes),) if not place else ()
        if held or chapter.figures or notes:
            parts = (*notes, Part(figures=chapter.figures, tables=held))
            sections.append(Section(chapter.key, chapter.title, parts))
    checks = next((name for name in study.tables if name.endswith("_certificate")), "")
    if checks and len(study.certificate):
        sections.append(Section("certificate", "Certificate", (Part(tables=(table(checks),)),)))
    return present_page(
        StudyPage(
            name=study.name,
            title=study.title,
            kicker=kicker,
            meta=meta,
            headline=study.headline,
            notes=study.notes,
            tables=study.tables,
            sections=tuple(sections),
            charts=charts or {},
            provenance=study.provenance,
        )
    )


def _banded(frame: pd.DataFrame) -> bool:
    return any(str(column).endswith(LOW_SUFFIX) for column in frame.columns)
