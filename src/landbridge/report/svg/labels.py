"""Labels that do not run into each other: tried in order of weight, left out where none fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Width of a character as a share of the font's size, for the sans serif faces in use.
_NARROW = frozenset("iljtfrI.,:;'()|! ")
_WIDE = frozenset("mwMWQOGDHNU@%")
_SHARE_NARROW, _SHARE_WIDE, _SHARE_USUAL = 0.36, 0.84, 0.6
LINE_HEIGHT = 1.15


@dataclass(frozen=True)
class Box:
    """A rectangle on the page, pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Say whether two boxes overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def inside(self, width: float, height: float) -> bool:
        """Say whether the box lies on a page of this size."""
        return self.left >= 0 and self.top >= 0 and self.right <= width and self.bottom <= height


@dataclass(frozen=True)
class Wish:
    """A label that wants a place beside a point; the heavier ones choose first."""

    words: str
    x: float
    y: float
    reach: float
    size: float
    weight: int
    centred: bool = False


@dataclass(frozen=True)
class Placed:
    """A label with its place: the left end of its baseline, and its box."""

    wish: Wish
    x: float
    y: float
    box: Box


def text_width(words: str, size: float) -> float:
    """Estimate the width of a line of text, pixels."""
    shares = (
        _SHARE_NARROW if mark in _NARROW else _SHARE_WIDE if mark in _WIDE else _SHARE_USUAL
        for mark in words
    )
    return size * sum(shares)


def place_labels(
    wishes: Sequence[Wish], taken: Sequence[Box], *, width: float, height: float
) -> list[Placed]:
    """Place labels one after another where nothing stands yet.

    Parameters
    ----------
    wishes
        The labels.
    taken
        Boxes that are in use already, such as the marks of points.
    width, height
        Size of the page, pixels.

    Returns
    -------
    list of Placed
        Those that found a place, the heaviest first.
    """
    boxes = list(taken)
    placed = []
    for wish in sorted(wishes, key=lambda one: (-one.weight, one.words)):
        for box in _candidates(wish):
            if box.inside(width, height) and not any(box.meets(other) for other in boxes):
                baseline = box.bottom - 0.28 * wish.size
                placed.append(Placed(wish, box.left, baseline, box))
                boxes.append(box)
                break
    return placed


def _candidates(wish: Wish) -> list[Box]:
    wide, tall = text_width(wish.words, wish.size), wish.size * LINE_HEIGHT
    middle = Box(wish.x - wide / 2, wish.y - tall / 2, wish.x + wide / 2, wish.y + tall / 2)
    if wish.centred:
        shifts = [(0.0, 0.0), (0.0, -tall), (0.0, tall), (-wide / 3, 0.0), (wide / 3, 0.0)]
    else:
        side, rise = wide / 2 + wish.reach, tall / 2 + wish.reach
        slant = tall * 0.6
        shifts = [
            (side, 0.0), (-side, 0.0), (0.0, -rise), (0.0, rise),
            (side, -slant), (side, slant), (-side, -slant), (-side, slant),
            (side * 0.6, -rise), (side * 0.6, rise), (-side * 0.6, -rise), (-side * 0.6, rise),
        ]  # fmt: skip
    return [
        Box(middle.left + dx, middle.top + dy, middle.right + dx, middle.bottom + dy)
        for dx, dy in shifts
    ]
