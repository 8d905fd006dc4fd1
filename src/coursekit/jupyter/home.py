"""The page that `make lab` opens: how far you are, and links to the notebooks."""

import os
from pathlib import Path
from typing import Any

import tornado.web
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join

from coursekit.core.course import RELEASE, CourseError, find_course
from coursekit.core.module import ModuleError
from coursekit.learn.overview import Overview


class ProgressPage(JupyterHandler):
    """Shows the overview, read anew each time."""

    def initialize(self, root: Path) -> None:
        """Take the folder that JupyterLab was started in."""
        self.root = root

    @tornado.web.authenticated
    async def get(self) -> None:
        """Answer with the page, or with what is wrong with the course."""
        try:
            course = find_course(self.root)
            modules = os.path.relpath(course.root / RELEASE, self.root.resolve())
            lab = url_path_join(self.base_url, "lab/tree", modules)
            page = Overview(course).page(lambda path: url_path_join(lab, path))
        except (CourseError, ModuleError) as error:
            raise tornado.web.HTTPError(500, str(error)) from error
        await self.finish(page)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "coursekit.jupyter.home"}]


def _load_jupyter_server_extension(server: Any) -> None:
    app = server.web_app
    address = url_path_join(app.settings["base_url"], "progress")
    found = {"root": Path(server.root_dir)}
    app.add_handlers(".*$", [(address, ProgressPage, found)])
