"""Applications, versions, beta programmes and the stores enrolled in them."""
