"""What moving a tonne costs on each arc of a compiled network, by kind of shipment.

What comes in: parameters, draws and shipments, and the hours and USD per tonne that they make of
the arcs. No search.
"""
