"""`resource`, which asks a system that a browser tab does not have."""

from absent import absent

absent(__name__)
