"""Skims: generalised cost between economies, and from their centres to every port.

What comes in: matrices over many pairs of a compiled network. Trade put on the ways belongs in
``flows``.
"""
