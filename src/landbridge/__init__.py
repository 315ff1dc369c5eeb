"""Landbridge: from a corridor, a border or an agreement to trade, income and who gains."""

__version__ = "0.1.0"
