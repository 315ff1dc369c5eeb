"""Time and cost along a route, activity by activity, with CAREC's indicators."""
