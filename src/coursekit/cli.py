"""The `coursekit` command."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from coursekit.core.course import CourseError
from coursekit.core.module import ModuleError
from session1.extras import MissingExtra, need

COMMANDS = (
    "progress",
    "placement",
    "check",
    "reset",
    "collect",
    "grade",
    "report",
    "export",
    "leaderboard",
    "verify",
    "mutants",
    "new",
    "release",
    "handout",
    "doctor",
)


def parser() -> argparse.ArgumentParser:
    """The command line with one subcommand a file of `coursekit.commands`."""
    top = argparse.ArgumentParser(
        prog="coursekit", description="Grade, check and release the course."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        command = importlib.import_module(f"coursekit.commands.{name}")
        sub = commands.add_parser(name, help=command.HELP, description=command.HELP)
        command.add_arguments(sub)
        sub.set_defaults(run=command.run)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; 2 with one line on stderr when its input cannot be used."""
    try:
        need("nbformat", "course")
        args = parser().parse_args(argv)
        code = args.run(args)
        sys.stdout.flush()
        return int(code)
    except BrokenPipeError:
        # whoever read this has enough, such as `head`; nothing more can be flushed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (CourseError, MissingExtra, ModuleError) as error:
        print(f"coursekit: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("coursekit: stopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
