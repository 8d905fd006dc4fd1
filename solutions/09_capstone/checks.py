"""How the exercises of 09_capstone are graded."""

from collections.abc import Mapping
from typing import Any

from coursekit.check.check import Check

Names = Mapping[str, Any]
