"""Least-cost search: engines, elimination, trees, and updates after arcs changed.

What comes in: algorithms on a graph with costs (engines, from ``elimination`` to ``engine`` and
``updates``), and what searches a compiled network with them (``trees``, ``ways``). What a reader is
told of a route belongs in ``routes``.
"""
