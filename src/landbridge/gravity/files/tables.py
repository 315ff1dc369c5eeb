"""Regression tables in the field's usual form: estimates over standard errors in brackets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Final, Literal

from landbridge.errors import InputError
from landbridge.gravity.panel import INTERCEPT
from landbridge.gravity.ppml.results import GravityFit
from landbridge.gravity.spec import title

Format = Literal["text", "html", "latex"]
Stars = Literal["none", "conventional"]

THRESHOLDS: Final = ((0.01, "***"), (0.05, "**"), (0.10, "*"))
STARS_NOTE: Final = "* p < 0.10, ** p < 0.05, *** p < 0.01."
LEFT_OUT: Final[Mapping[str, str]] = {
    "missing": "Rows without a value left out",
    "not positive": "Rows without trade left out",
}
NUMBER: Final = "0.0000"
CREATED: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook's date has no time zone
"""The same table gives the same bytes."""
SHEET_LETTERS: Final = 28
"""What a sheet's name may have beside its number."""
STYLE: Final = """
body { font: 15px/1.4 Georgia, "Times New Roman", serif; margin: 2rem; color: #1a1a1a; }
h1 { font-size: 1.2rem; }
table.regression { border-collapse: collapse; }
.regression th, .regression td { padding: 0.1rem 0.8rem; font-weight: normal; }
.regression th { text-align: left; }
.regression td, .regression thead th + th { text-align: right; white-space: nowrap; }
.regression thead tr { border-top: 2px solid; border-bottom: 1px solid; }
.regression tbody { border-bottom: 1px solid; }
.regression tfoot td { text-align: left; white-space: normal; font-size: 0.85rem; }
"""
_LATEX: Final = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"$<$",
    ">": r"$>$",
}


@dataclass(frozen=True)
class TableOptions:
    """How a regression table looks.

    Attributes
    ----------
    titles
        One a column; (1), (2) ... when left out.
    labels
        What a reader sees instead of a term.
    digits
        After the decimal point.
    stars
        ``none`` or the conventional three levels. Off unless asked for: a star hides the size.
    notes
        Sentences under the table, after those of the fits.
    """

    titles: tuple[str, ...] = ()
    labels: Mapping[str, str] | None = None
    digits: int = 3
    stars: Stars = "none"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cells:
    """A table before it is typeset.

    Attributes
    ----------
    header
        Titles of the columns, the first one empty.
    coefficients
        Rows of estimates and of standard errors, in turn.
    facts
        Rows of fixed effects, numbers of rows and fit.
    notes
        Sentences.
    """

    header: tuple[str, ...]
    coefficients: tuple[tuple[str, ...], ...]
    facts: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def regression_table(
    fits: Sequence[GravityFit], form: Format = "text", *, options: TableOptions | None = None
) -> str:
    """Typeset fits side by side.

    Parameters
    ----------
    fits
        One a column.
    form
        ``text`` (fixed width), ``html`` (a table element) or ``latex`` (a tabular with booktabs).
    options
        Titles, labels, digits, stars and notes.

    Returns
    -------
    str
    """
    cells = table_cells(fits, options or TableOptions())
    return {"text": _text, "html": _html, "latex": _latex}[form](cells)


def html_page(
    fits: Sequence[GravityFit], *, title: str = "", options: TableOptions | None = None
) -> str:
    """Write the table as a page of its own, readable in a browser and in a word processor."""
    heading = escape(title or "Gravity estimates")
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{heading}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{heading}</h1>\n"
        f"{regression_table(fits, 'html', options=options)}</body>\n</html>\n"
    )


def write_xlsx(
    path: Path, fits: Sequence[GravityFit], *, options: TableOptions | None = None
) -> None:
    """Write a workbook: the table, then each fit's coefficients and diagnostics as numbers."""
    cells = table_cells(fits, options or TableOptions())
    import xlsxwriter  # noqa: PLC0415 - most uses write no workbook

    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        book.set_properties({"created": CREATED})
        bold = book.add_format({"bold": True, "bottom": 1})
        right = book.add_format({"align": "right"})
        number_format = book.add_format({"num_format": NUMBER})
        sheet = book.add_worksheet("table")
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, len(fits), 16)
        rows = [cells.header, *cells.coefficients, *cells.facts]
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                style = bold if number == 0 else (right if column else None)
                sheet.write_string(number, column, value, style)
        for number, note in enumerate(cells.notes, start=len(rows) + 1):
            sheet.write_string(number, 0, note)
        for number, fit in enumerate(fits, start=1):
            sheet = book.add_worksheet(_sheet_name(number, cells.header[number]))
            sheet.set_column(0, 0, 44)
            sheet.set_column(1, 7, 14)
            sheet.write_row(0, 0, [str(name) for name in fit.coefficients.columns], bold)
            for line, values in enumerate(fit.coefficients.itertuples(index=False), start=1):
                sheet.write_row(line, 0, [_plain(value) for value in values], number_format)
            start = len(fit.coefficients) + 2
            for line, values in enumerate(
                fit.diagnostics.table().itertuples(index=False), start=start
            ):
                sheet.write_row(line, 0, [_plain(value) for value in values])


def _sheet_name(number: int, title: str) -> str:
    """Name a sheet by its number, and by its title where that says more."""
    plain = "".join(" " if letter in "[]:*?/\\'" else letter for letter in title).strip()
    numbered = f"({number})"
    return numbered if plain in {"", numbered} else f"{number} {plain[:SHEET_LETTERS]}".strip()


def table_cells(fits: Sequence[GravityFit], options: TableOptions) -> Cells:
    """Arrange fits side by side.

    Raises
    ------
    InputError
        No fit, or titles for another number of columns.
    """
    if not fits:
        raise InputError("a regression table needs at least one fit.")
    titles = options.titles or tuple(f"({number})" for number in range(1, len(fits) + 1))
    if len(titles) != len(fits):
        raise InputError(f"{len(titles)} titles were given for {len(fits)} columns.")
    labels = options.labels or {}
    terms = list(dict.fromkeys(str(term) for fit in fits for term in fit.coefficients["term"]))
    terms.sort(key=lambda term: term == INTERCEPT)
    rows: list[tuple[str, ...]] = []
    for term in terms:
        pairs = [_estimate(fit, term, options) for fit in fits]
        rows.append((labels.get(term, term), *(each[0] for each in pairs)))
        rows.append(("", *(each[1] for each in pairs)))
    notes = _notes(fits, titles)
    if options.stars == "conventional":
        notes.append(STARS_NOTE)
    return Cells(
        header=("", *titles),
        coefficients=tuple(rows),
        facts=tuple(_facts(fits)),
        notes=(*notes, *options.notes),
    )


def _notes(fits: Sequence[GravityFit], titles: Sequence[str]) -> list[str]:
    """Write each fit's note once, with the columns it holds for where they differ."""
    columns: dict[str, list[str]] = {}
    for fit, name in zip(fits, titles, strict=True):
        columns.setdefault(fit.note, []).append(name)
    if len(columns) == 1:
        return list(columns)
    return [f"{', '.join(names)}: {note[0].lower()}{note[1:]}" for note, names in columns.items()]


def _estimate(fit: GravityFit, term: str, options: TableOptions) -> tuple[str, str]:
    terms = [str(each) for each in fit.coefficients["term"]]
    if term not in terms:
        return "", ""
    estimate, error = fit.estimate(term), fit.std_error(term)
    p = float(fit.coefficients["p"].to_numpy()[terms.index(term)])
    mark = ""
    if options.stars == "conventional":
        mark = next((stars for level, stars in THRESHOLDS if p < level), "")
    return f"{estimate:.{options.digits}f}{mark}", f"({error:.{options.digits}f})"


def _facts(fits: Sequence[GravityFit]) -> list[tuple[str, ...]]:
    effects = list(dict.fromkeys(title(each) for fit in fits for each in fit.spec.fixed_effects))
    rows: list[tuple[str, ...]] = []
    for effect in effects:
        held = [effect in {title(each) for each in fit.spec.fixed_effects} for fit in fits]
        rows.append((f"Fixed effects: {effect}", *("yes" if each else "no" for each in held)))
    rows.append(("Estimator", *(fit.spec.estimator.upper() for fit in fits)))
    rows.append(("Observations", *(f"{fit.diagnostics.rows_used:,}" for fit in fits)))
    clusters = [" x ".join(f"{n:,}" for n in fit.diagnostics.clusters) or "-" for fit in fits]
    rows.append(("Clusters", *clusters))
    rows.append(("R2 or pseudo R2", *(f"{fit.diagnostics.pseudo_r2:.3f}" for fit in fits)))
    dropped = [
        sum(count for reason, count in fit.diagnostics.dropped.items() if "separated" in reason)
        for fit in fits
    ]
    if any(dropped):
        rows.append(("Separated rows left out", *(f"{count:,}" for count in dropped)))
    for reason, said in LEFT_OUT.items():
        counts = [fit.diagnostics.dropped.get(reason, 0) for fit in fits]
        if any(counts):
            rows.append((said, *(f"{count:,}" for count in counts)))
    return rows


def _text(cells: Cells) -> str:
    rows = [cells.header, *cells.coefficients, *cells.facts]
    widths = [max(len(row[column]) for row in rows) for column in range(len(cells.header))]
    widths = [widths[0], *(max(width, 10) for width in widths[1:])]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))

    def line(row: tuple[str, ...]) -> str:
        first = row[0].ljust(widths[0])
        # A bracket hangs over, so that decimal points stand under each other.
        others = [
            value.rjust(width) if value.endswith(")") else f"{value} ".rjust(width)
            for value, width in zip(row[1:], [each + 1 for each in widths[1:]], strict=True)
        ]
        return " ".join([first, *others]).rstrip()

    body = [line(row) for row in cells.coefficients]
    facts = [line(row) for row in cells.facts]
    return "\n".join([line(cells.header), rule, *body, rule, *facts, rule, *cells.notes]) + "\n"


def _html(cells: Cells) -> str:
    def row(values: tuple[str, ...], kind: str) -> str:
        first = f'<th scope="row">{escape(values[0])}</th>'
        return (
            "<tr>" + first + "".join(f"<{kind}>{escape(v)}</{kind}>" for v in values[1:]) + "</tr>"
        )

    head = "".join(f'<th scope="col">{escape(value)}</th>' for value in cells.header)
    body = "\n".join(row(values, "td") for values in cells.coefficients)
    facts = "\n".join(row(values, "td") for values in cells.facts)
    notes = "<br>\n".join(escape(note) for note in cells.notes)
    return (
        f'<table class="regression">\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n<tbody>\n{facts}\n</tbody>\n"
        f'<tfoot><tr><td colspan="{len(cells.header)}">{notes}</td></tr></tfoot>\n</table>\n'
    )


def _latex(cells: Cells) -> str:
    def row(values: tuple[str, ...]) -> str:
        return " & ".join([_escaped(values[0]), *map(_number, values[1:])]) + r" \\"

    columns = len(cells.header)
    notes = [rf"{_escaped(note)} \\" for note in cells.notes]
    return (
        "\n".join(
            [
                r"% needs \usepackage{booktabs}",
                rf"\begin{{tabular}}{{l{'c' * (columns - 1)}}}",
                r"\toprule",
                row(cells.header),
                r"\midrule",
                *(row(values) for values in cells.coefficients),
                r"\midrule",
                *(row(values) for values in cells.facts),
                r"\bottomrule",
                r"\end{tabular}",
                "",
                r"\smallskip",
                r"\noindent\begin{minipage}{\linewidth}\footnotesize",
                *notes,
                r"\end{minipage}",
            ]
        )
        + "\n"
    )


def _number(text: str) -> str:
    """Write a minus sign as one, longer than a hyphen."""
    said = _escaped(text)
    return f"${said[0]}$" + said[1:] if said[:1] == "-" and said[1:2].isdigit() else said


def _escaped(text: str) -> str:
    return "".join(_LATEX.get(letter, letter) for letter in text)


def _plain(value: object) -> str | float | int:
    if isinstance(value, str | int):
        return value
    number = float(str(value))
    return number if number == number else ""  # noqa: PLR0124 - not a number
