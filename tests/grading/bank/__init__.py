"""Submissions to 01_assay: honest ones, accidents and attacks, with what they earn."""

from tests.grading.bank import (
    broken,
    crossing,
    forged,
    heavy,
    honest,
    reaching,
    runaway,
    tampering,
)
from tests.grading.submission import Entry

BANK: dict[str, Entry] = {
    entry.name: entry
    for group in (
        honest,
        broken,
        forged,
        tampering,
        heavy,
        reaching,
        crossing,
        runaway,
    )
    for entry in group.ENTRIES
}
