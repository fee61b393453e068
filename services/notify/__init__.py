"""Takes tips and, later, tells people what needs them."""
