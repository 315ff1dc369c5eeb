"""What crowding does: user equilibrium on a network whose arcs take longer the more uses them.

It knows arcs, nodes and flows, and nothing of goods, modes or economies.
"""
