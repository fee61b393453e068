"""What facts mean: pure functions of facts, programme and `now` (docs/status.md has the rules in a reader's words)."""
