"""Scenarios side by side, over the same draws."""
