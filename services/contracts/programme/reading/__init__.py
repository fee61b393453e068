"""From the bytes of a programme's files to checked declarations: every node knows its line."""
