"""How Bình Yên is brought to run: on a laptop, and elsewhere."""
