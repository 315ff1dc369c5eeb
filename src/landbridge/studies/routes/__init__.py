"""Profiles of routes, and routes side by side."""
