"""Least-cost search: engines, elimination, trees, and updates after an edit."""
