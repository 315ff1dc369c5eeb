"""Modelled freight beside published figures: ports, straits, crossings, shares of modes.

What comes in: a table of modelled flows, whatever model made it, and the published figures. Nothing
is fitted here.
"""
