"""Takes signed pledge sheets. The only process that ever sees who signed, and it keeps none of it."""
