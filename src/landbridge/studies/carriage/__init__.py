"""What carries today's trade: classes of cargo on modes, ports and ways, before and after a change.

What comes in: a basis, and the networks before and after. Trade itself stays as it is.
"""
