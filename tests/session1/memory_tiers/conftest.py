"""What several of these tests share."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def fast_folder(tmp_path):
    """A folder in memory if there is one: a kill, unlike a power cut, needs no disk."""
    shm = Path("/dev/shm")
    place = shm if os.access(shm, os.W_OK) else tmp_path
    folder = Path(tempfile.mkdtemp(prefix="kills-", dir=place))
    yield folder
    shutil.rmtree(folder)
