"""What one submission may use before it is stopped."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of wall time for a cell or an exercise's check, and for a notebook."""

    cell: float = 30.0
    notebook: float = 180.0
