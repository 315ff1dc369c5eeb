"""Which modes, ports and ways carry which class of cargo, by choices fitted to what is observed.

What comes in: goods between economies by class of cargo, a network, and the constants of a choice.
"""
