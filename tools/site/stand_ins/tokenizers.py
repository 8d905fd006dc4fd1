"""`tokenizers` where its compiled core cannot be had."""

from absent import absent

absent(__name__)
