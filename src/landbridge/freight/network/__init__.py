"""The freight network: its tables, how they are compiled, and what stands where."""
