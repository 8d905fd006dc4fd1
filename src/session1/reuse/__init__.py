"""Answering from an earlier answer: finding similar messages, and judging them."""
