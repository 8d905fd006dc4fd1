"""`multiprocessing`'s compiled half: a browser tab has one process."""

from absent import absent

absent(__name__)
