"""Edits of the network's tables: borders, links, a user's own rows."""
