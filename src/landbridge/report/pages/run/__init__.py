"""The report of a run: its sections, its page and its folder."""
