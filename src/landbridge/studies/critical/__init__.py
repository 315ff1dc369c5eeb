"""Where one percent of cost, or one hour, matters most on the network."""
