"""Answers what is known: status, obligations, receipts, books; and one plain page. Changes nothing."""
