"""Answering in time: deadlines, stand-in answers, shared streams, tuning."""
