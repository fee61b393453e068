"""A town in a box: plays a programme year through the public APIs with known truth. Speaks HTTP only."""
