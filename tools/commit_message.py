"""Check a commit message: `python tools/commit_message.py FILE`, as git's hook does."""

import re
import sys
from pathlib import Path

LONGEST = 72
WRITTEN_BY_GIT = re.compile(r"(Merge|Revert|fixup!|squash!|amend!) ")
OTHER_FORM = re.compile(r"\w+(ed|ing|(?<!s)s)$")
# verbs that only look like another form
VERBS = {"alias", "bias", "bring", "embed", "feed", "focus", "need", "seed", "speed"}


def faults(message: str) -> list[str]:
    """List the faults of a message, a line each."""
    lines = [line for line in message.splitlines() if not line.startswith("#")]
    subject = lines[0] if lines else ""
    if WRITTEN_BY_GIT.match(subject):
        return []
    found = []
    if len(subject) > LONGEST:
        found.append(f"the subject has {len(subject)} characters, at most {LONGEST}")
    if subject.endswith("."):
        found.append("the subject ends with a full stop")
    first = subject.partition(" ")[0]
    if not re.fullmatch(r"[A-Z][a-z]+(-[a-z]+)?", first):
        found.append("the subject does not begin with a capitalized verb")
    elif OTHER_FORM.match(first) and first.lower() not in VERBS:
        found.append(f'"{first}" is not in the imperative, as "Add" is')
    if len(lines) > 1 and lines[1].strip():
        found.append("no empty line between subject and body")
    return found


def main(arguments: list[str]) -> int:
    """Print what is wrong; 0 when nothing is."""
    found = faults(Path(arguments[0]).read_text(encoding="utf-8"))
    for fault in found:
        print(f"commit message: {fault}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
