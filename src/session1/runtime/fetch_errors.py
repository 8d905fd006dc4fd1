"""Why a URL gave no answer, and whether there is anything to ask at all."""

import httpx


class FetchError(RuntimeError):
    """A URL did not give an answer that can be used."""


class TooLarge(FetchError):
    """An answer had more bytes than it may have."""


class BadURL(FetchError):
    """There is nothing at this address that could be asked."""


class Busy(FetchError):
    """The server asked to come back later, `after` so many seconds if it said."""

    def __init__(self, what: str, after: float = 0.0) -> None:
        super().__init__(what)
        self.after = after


def checked(url: str) -> httpx.URL:
    """Return `url` parsed; BadURL if it cannot be asked."""
    try:
        parsed = httpx.URL(url)
        host, port = parsed.host, parsed.port
    except (httpx.InvalidURL, TypeError, ValueError) as e:  # and UnicodeError
        raise BadURL(f"{url!r:.200} is not a URL ({e!s:.200})") from e
    if parsed.scheme not in ("http", "https"):
        why = "it has to begin with http:// or https://"
    elif not host or "%20" in host:
        why = "it does not name a host"
    elif port is not None and not 0 < port < 65536:
        why = f"port {port} is not one of 1 to 65535"
    else:
        return parsed
    raise BadURL(f"{url!r:.200} cannot be fetched: {why}")
