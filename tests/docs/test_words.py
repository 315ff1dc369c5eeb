"""One word for one thing: the glossary is used, and some words are not."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import landbridge

from .pages import ROOT, page_name, pages, prose

pytestmark = pytest.mark.unit

SOURCE = Path(landbridge.__file__).parent
GLOSSARY = ROOT / "docs" / "glossary.md"
TERMS = re.findall(r"\*\*([^*]+)\*\*", GLOSSARY.read_text(encoding="utf-8"))
MOST_SEMICOLONS = 3.0
"""A thousand words of running text."""
# What we do not write, and what stands in its place.
BANNED = {
    r"foretell\w*|foretold": "predict",
    r"\bmind: ": "a plain sentence, or a warning",
    r"\bfor want of\b": "because there is no ...",
    r"\bnought\b": "zero, nothing",
    r"\bwhereof\b|\bthereof\b|\bwherein\b|\bwhereby\b": "of which, in which, by which",
    r"\bthe more so\b": "even more",
    r"\bbe it\b": "whether",
    r"\bleast-cost ways?\b|\bways? of least\b": "least-cost path",
}


@cache
def _docs() -> dict[str, str]:
    return {page_name(page): page.read_text(encoding="utf-8") for page in pages()}


@cache
def _docstrings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = [ast.get_docstring(node) for node in ast.walk(tree) if isinstance(node, kinds)]
        found[path.relative_to(ROOT).as_posix()] = [text for text in texts if text]
    return found


@cache
def _texts() -> dict[str, list[str]]:
    """Find every text in the code: what is printed, raised and written."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        found[path.relative_to(ROOT).as_posix()] = [
            node.value
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
    return found


@cache
def _said() -> str:
    elsewhere = [text for name, text in _docs().items() if name != page_name(GLOSSARY)]
    code = [path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py"))]
    text = "\n".join([*elsewhere, *code]).lower().replace("_", " ").replace("-", " ")
    return re.sub(r"\s+", " ", text)


def test_sentences_are_short_enough_to_need_few_semicolons() -> None:
    # The pages of the catalogue are made from the scenarios' own words.
    made = "docs/catalogue/"
    text = " ".join(prose(page) for name, page in _docs().items() if not name.startswith(made))
    assert 1000 * text.count(";") / len(text.split()) < MOST_SEMICOLONS


def test_the_glossary_has_terms_and_each_once() -> None:
    assert len(TERMS) > 50
    assert len(set(TERMS)) == len(TERMS)


@pytest.mark.parametrize("term", TERMS)
def test_a_term_of_the_glossary_is_used(term: str) -> None:
    assert term.lower().replace("-", " ") in _said()


@pytest.mark.parametrize("word", BANNED)
def test_a_word_that_we_do_not_use_stands_on_no_page(word: str) -> None:
    where = [name for name, text in _docs().items() if re.search(word, prose(text), re.IGNORECASE)]
    assert not where, f"write instead: {BANNED[word]}"


@pytest.mark.parametrize("word", BANNED)
def test_a_word_that_we_do_not_use_is_neither_printed_nor_in_a_docstring(word: str) -> None:
    where = [
        name
        for name, texts in _texts().items()
        if any(re.search(word, text, re.IGNORECASE) for text in texts)
    ]
    assert not where, f"write instead: {BANNED[word]}"


def test_a_docstring_names_the_act_and_does_not_give() -> None:
    where = [
        name for name, texts in _docstrings().items() if any(re.match("Gives? ", t) for t in texts)
    ]
    assert not where, "write the act: compute, read, solve, list, return"
