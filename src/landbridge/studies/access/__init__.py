"""Access of an economy to the sea and to markets."""
