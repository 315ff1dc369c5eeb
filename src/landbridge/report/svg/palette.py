"""Colours and strokes: one meaning, one colour, in every figure; readable without colour too."""

from __future__ import annotations

from typing import Final

INK: Final = "#1c2733"
MUTED: Final = "#55626f"
FAINT: Final = "#aab4bd"
RULE: Final = "#dde3e8"
PAPER: Final = "#ffffff"
LAND: Final = "#f1f1ec"
SEA: Final = "#eaf1f6"
BORDER: Final = "#65707a"

BEFORE: Final = "#6b7680"
AFTER: Final = "#0b5c8a"
ACCENT: Final = "#b3470f"

# Diverging, told apart by the common forms of colour blindness: brown (loss), teal (gain),
# after ColorBrewer's BrBG. Losses carry hatching as well, so that they read in grey.
LOSS: Final = ("#a6611a", "#cf9a55", "#ead4ab")
NEAR_ZERO: Final = "#f6f6f2"
GAIN: Final = ("#c3e5df", "#6fbdb0", "#14857a")
NO_DATA: Final = "#dcdfe2"

GAIN_INK: Final = "#0f6b62"
LOSS_INK: Final = "#8f4e10"

# Kinds of leg: Okabe and Ito (2008), darkened or lightened so that neighbours differ in grey.
LEG_COLOURS: Final = {
    "line_haul": "#0b5c8a",
    "crossing": "#d55e00",
    "terminal": "#e69f00",
    "port": "#7a4b8c",
    "sea": "#86c5e8",
    "other": "#9aa3ab",
}

MODE_COLOURS: Final = {
    "rail": "#27313b",
    "road": "#8a6d3b",
    "sea": "#2f7fb5",
    "ferry": "#2f7fb5",
    "air": "#b83b74",
    "terminal": "#7a4b8c",
}

EFFECT_COLOURS: Final = {
    "trade_creation_percent": "#14857a",
    "trade_diversion_percent": "#d58a3a",
    "terms_of_trade_percent": "#5b6fa8",
    "transfer_percent": "#9aa3ab",
}

# Routes beside each other: hues after Okabe and Ito, darkened; each has dashes of its own, so
# that they read in grey. Colour, dashes.
ROUTES: Final = (
    ("#0b5c8a", ""),
    ("#d55e00", "9 4"),
    ("#14857a", "2.5 3"),
    ("#7a4b8c", "12 3 2.5 3"),
    ("#a8790a", "5 2.5"),
    ("#b83b74", "14 4"),
    ("#1c2733", "1.5 2.5"),
    ("#5b6fa8", "8 2 2 2 2 2"),
)

# Groups of the activities of a profile (table freight/activities); neighbours differ in grey.
ACTIVITY_COLOURS: Final = {
    "road": "#8a6d3b",
    "rail": "#27313b",
    "sea": "#86c5e8",
    "air": "#d58ab0",
    "border": "#d55e00",
    "closure": "#8d2f2f",
    "handling": "#e69f00",
    "waiting": "#f6dc9c",
    "port": "#b39ac4",
    "shipment": "#7a4b8c",
}


def route_style(place: int) -> tuple[str, str]:
    """Choose the colour and the dashes of one route among several; no two of 64 are alike.

    Examples
    --------
    >>> route_style(0)[0] == route_style(8)[0], route_style(0) == route_style(8)
    (True, False)
    """
    count = len(ROUTES)
    colour = ROUTES[place % count][0]
    return colour, ROUTES[(place + place // count) % count][1]
