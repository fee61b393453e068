"""The public language: events, requests, topics, programmes. Pure, and imports nothing of ours."""
