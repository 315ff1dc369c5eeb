"""What a change is worth, where it bites, and to whom."""
