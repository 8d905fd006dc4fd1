"""Agents under load: a trace, an open loop that plays it, and the key figures."""
