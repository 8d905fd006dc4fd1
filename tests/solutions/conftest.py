"""The helper files next to a module's notebook, as the notebook imports them."""

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest


class Files:
    """Files by name, imported when a test asks for one."""

    def __getattr__(self, name: str) -> ModuleType:
        return importlib.import_module(name)


@pytest.fixture(scope="module")
def files(request: pytest.FixtureRequest) -> Iterator[Files]:
    """Those in the test's FOLDER; other modules may have files of the same names."""
    folder = request.module.FOLDER
    own = {path.stem for path in folder.glob("*.py")}
    others = {name: sys.modules.pop(name) for name in own & sys.modules.keys()}
    sys.path.insert(0, str(folder))
    yield Files()
    sys.path.remove(str(folder))
    for name in own & sys.modules.keys():
        del sys.modules[name]
    sys.modules.update(others)
