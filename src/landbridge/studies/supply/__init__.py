"""Who a sector relies on, and what the cut-off of a supplier does."""
