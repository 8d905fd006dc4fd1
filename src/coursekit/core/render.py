"""Show something in a notebook as text, and as HTML where that is read."""

import html as _html
import re
from typing import Any

from coursekit.core.answers_file import MIME
from coursekit.core.report import Criterion

# green, orange, vermillion of a palette that colour-blind people can read; the
# orange a little darker, so that its sign is seen on white as well as on black
TINTS = {"✓": "#009E73", "~": "#B87A00", "✗": "#D55E00", "·": "#767676"}
MONO = "font-family:var(--jp-code-font-family,monospace)"
PROSE = "max-width:46em;line-height:1.45"  # a widget's own line is 28 px high
WORDS = ("look at", "belief?", "in fact")  # sentences, where the others are values


def escape(text: str) -> str:
    """Text made safe for HTML."""
    return _html.escape(text)


def inline(text: str) -> str:
    """Text as HTML, with what stands between backticks as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))


def show(text: str, html: str = "", travels: str = "") -> None:
    """Display text and HTML in a notebook, print the text elsewhere.

    `travels` is what a saved notebook keeps besides and does not show.
    """
    from IPython.core.getipython import get_ipython

    if get_ipython() is None:
        print(text)
        return
    from IPython.display import publish_display_data

    data = {"text/plain": text, "text/html": html, MIME: travels}
    publish_display_data({k: v for k, v in data.items() if v or k == "text/plain"})


def sign(mark: str) -> str:
    """A mark in its colour, which only repeats what the mark says."""
    tint = TINTS.get(mark, "inherit")
    style = f"color:{tint};display:inline-block;width:1.4em"
    return f'<b style="{style}">{escape(mark)}</b>'


def row(mark: str, text: str) -> str:
    """A line with its mark."""
    return f'<div style="margin:2px 0">{sign(mark)}{inline(text)}</div>'


def criterion(found: Criterion) -> str:
    """A criterion as HTML: its line, and the details when something was lost."""
    head = row(found.mark, found.name)
    if found.full:
        return head
    cells = "".join(_detail(label, text) for label, text in found.details().items())
    return f'{head}<table style="margin:0 0 4px 1.4em">{cells}</table>'


def _detail(label: str, text: str) -> str:
    prose = label in WORDS
    shown = inline(text) if prose else escape(text)
    return (
        '<tr><td style="text-align:left;vertical-align:top;opacity:.75">'
        f'{escape(label)}</td><td style="text-align:left;white-space:pre-wrap;'
        f'{"" if prose else MONO}">{shown}</td></tr>'
    )


def bar(share: float, width: int = 20) -> str:
    """A bar of text, `████░░░░`."""
    filled = round(min(max(share, 0.0), 1.0) * width)
    return "█" * filled + "░" * (width - filled)


def bar_html(share: float, label: str) -> str:
    """A bar with its label inside the line, for a screen reader too."""
    percent = round(min(max(share, 0.0), 1.0) * 100)
    return (
        f'<div role="img" aria-label="{escape(label)}" style="display:inline-block;'
        "width:12em;height:.8em;border:1px solid #767676;border-radius:3px;"
        f'vertical-align:middle"><div style="width:{percent}%;height:100%;'
        'background:#0072B2"></div></div> '
        f"{escape(label)}"
    )


def boxed(title: str, body: str, mark: str = "") -> str:
    """A framed block of HTML with a coloured edge."""
    tint = TINTS.get(mark, "#0072B2")
    return (
        f'<div style="border-left:4px solid {tint};padding:4px 10px;max-width:52em">'
        f"<b>{escape(title)}</b>{body}</div>"
    )


def bundle(text: str, html: str) -> dict[str, Any]:
    """The forms of one output."""
    return {"text/plain": text, "text/html": html}
