"""What moving a tonne costs on each arc, by kind of shipment."""
