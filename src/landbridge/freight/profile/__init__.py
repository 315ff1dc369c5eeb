"""Time and cost along a route, activity by activity, with CAREC's indicators.

What comes in: what one trip does hour by hour, and its comparison with observed corridors.
"""
