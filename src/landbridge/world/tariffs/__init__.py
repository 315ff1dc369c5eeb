"""Tariffs on goods: published means by importer, spread over partners by agreements in force."""
