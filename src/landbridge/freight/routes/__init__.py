"""Routes between two places of a compiled network, leg by leg, and the alternatives to them.

What comes in: a trip and its totals, names, shapes and alternatives. Many pairs at once belong in
``skims``.
"""
