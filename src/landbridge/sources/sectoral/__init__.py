"""A user's own tables by sector, read into a world with sectors."""
