"""Say which extra brings a package that is not installed."""

from importlib import import_module
from types import ModuleType

DISTRIBUTION = "agent-performance-course"


class MissingExtra(ImportError):
    """A package is missing; the message is the command that installs it."""


def need(module: str, extra: str) -> ModuleType:
    """Import a module that `pip install 'agent-performance-course[extra]'` brings."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        top = module.partition(".")[0]
        if error.name != top:
            raise  # it is installed and lacks something itself
        raise MissingExtra(
            f"{top} is not installed: run `pip install '{DISTRIBUTION}[{extra}]'`",
            name=top,
        ) from None
