"""Files made safe to read: limits, archives, headers, staging."""
