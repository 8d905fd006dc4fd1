"""`coursekit doctor`: does everything work on this machine?"""

import argparse

HELP = "check this machine; says what to do where something is missing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: it looks at everything."""


def run(args: argparse.Namespace) -> int:
    """Print what was found; 0 when nothing that is needed is missing."""
    from coursekit.author.doctor import checkup

    found = checkup()
    print(found)
    return 0 if found.well else 1
