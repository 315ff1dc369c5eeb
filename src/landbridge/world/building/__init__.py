"""How the cells of a baseline are found: what is recorded, what is carried, what totals allow.

What comes in: what customs recorded, published cells and bounds, totals and the past. Out of it
comes a matrix in which every cell says where it comes from and how far it may be off, and what was
left out on purpose is found again.
"""
