"""Trade put on the network: assignment, and the elements that carry it.

What comes in: tonnes and USD on links, crossings, terminals and passages, from trade between
economies and least-cost paths.
"""
