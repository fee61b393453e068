"""One process at a time turns facts into statuses, as time and marks demand it, and tells of every change."""
