"""Reporting: facts from the log, statuses from the facts, answers from both."""
