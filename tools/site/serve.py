"""Look at the site: `python -m tools.site.serve` serves it on this machine alone."""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tools.site import bundle

OUT = bundle.ROOT / "build" / "site"
PORT = 8000


class Files(SimpleHTTPRequestHandler):
    """Files with the types that browsers ask for, and nothing logged.

    Without the headers that isolate a page from others: with them JupyterLite takes
    another way to its files, on which cells lose their outputs.
    """

    extensions_map = {  # noqa: RUF012
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".json": "application/json",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""


def server(folder: Path = OUT, port: int = 0) -> ThreadingHTTPServer:
    """A server of `folder` on loopback, not yet running; port 0 takes a free one."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Files, directory=folder))


if __name__ == "__main__":
    with server(port=int(sys.argv[1]) if sys.argv[1:] else PORT) as running:
        print(f"http://127.0.0.1:{running.server_port}/ (Ctrl-C stops it)")
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()
