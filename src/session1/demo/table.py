"""The table of `session1.table`, by its name in the demo."""

from session1.table import table

__all__ = ["table"]
