"""Bình Yên: from posted pledges, reports and tips to the live status of every unit."""
