"""Measures: what a scenario changes. One module a kind; each kind says for itself what it does.

`base.Measure` lists the questions that the rest of the house may ask of a measure, with the answer
of a measure that does nothing. `pairs.PairMeasure` is the base of those that act between economies.
`registry` finds the kinds by looking through this folder: a module that is put here is known. So
the room is wide and flat: a kind is one file, and no list names it a second time. Rooms outside
never ask what kind a measure is.
"""
