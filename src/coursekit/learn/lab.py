"""A lab: sliders beside a plot that is drawn anew while they move."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any

import ipywidgets as w
import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from coursekit.core import render, style
from coursekit.core.module import ModuleError
from coursekit.core.plain_data import number


@dataclass(frozen=True, slots=True)
class Slider:
    """A number that the learner moves; the arrow keys move it by one step."""

    label: str
    low: float
    high: float
    step: float
    value: float
    unit: str = ""

    def widget(self) -> Any:
        """The slider as an ipywidget; whole numbers when all its figures are."""
        figures = (self.low, self.high, self.step, self.value)
        whole = all(type(x) is int for x in figures)
        made = w.IntSlider if whole else w.FloatSlider
        label = f"{self.label} ({self.unit})" if self.unit else self.label
        return made(
            value=self.value,
            min=self.low,
            max=self.high,
            step=self.step,
            description=label,
            style={"description_width": "14.6em"},  # about 27 characters
            layout=w.Layout(width="32.3em", max_width="100%"),
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """Names to choose from; the value is the place of the one chosen, from 0."""

    label: str
    names: tuple[str, ...]
    value: int = 0

    def widget(self) -> Any:
        """The choice as an ipywidget."""
        return w.Dropdown(
            options=[(name, i) for i, name in enumerate(self.names)],
            value=self.value,
            description=self.label,
            style={"description_width": "14.6em"},
            layout=w.Layout(width="26em", max_width="100%"),
        )


def slider(
    label: str, low: float, high: float, step: float, value: float, unit: str = ""
) -> Slider:
    """A slider for a lab, from `low` to `high`."""
    return Slider(label, low, high, step, value, unit)


class Lab:
    """Controls, a plot and its text; nothing is drawn twice for the same values.

    `run(**values)` makes what `draw(figure, result)` draws and `summarize(result)`
    puts into words; without it they get the values themselves, as a dict.
    """

    size = (7.2, 4.05)  # inches at 100 dots each: 720 by 405

    def __init__(
        self,
        title: str,
        controls: Mapping[str, Slider | Choice],
        draw: Callable[[Figure, Any], None],
        summarize: Callable[[Any], str],
        run: Callable[..., Any] = dict,
    ) -> None:
        self.title, self._draw, self._summarize, self._run = title, draw, summarize, run
        self.figure = Redrawn(figsize=self.size, dpi=100)
        self._canvas = FigureCanvasAgg(self.figure)
        self.controls = {name: c.widget() for name, c in controls.items()}
        # its own size: stretched to the page's width it would be blurred
        shape = w.Layout(max_width="100%", align_self="flex-start")
        self.image = w.Image(format="png", layout=shape)
        self.text = w.HTML()
        self._text = ""
        for control in self.controls.values():
            control.observe(self._changed, names="value")
        self.widget = self._laid_out()
        self.redraw()

    def _laid_out(self) -> Any:
        head = w.HTML(f"<b>{render.escape(self.title)}</b>")
        controls = w.Box(
            list(self.controls.values()), layout=w.Layout(flex_flow="wrap")
        )
        # the figures first: sliders and picture seldom fit on a screen together
        return w.VBox([head, controls, self.text, self.image])

    @property
    def values(self) -> dict[str, float]:
        """The values that the controls are set to."""
        return {name: control.value for name, control in self.controls.items()}

    def set(self, **values: float) -> "Lab":
        """Set controls from code, then draw once; ModuleError if that cannot be."""
        for name, value in values.items():
            self._check(name, value)
        for name, value in values.items():
            self.controls[name].unobserve(self._changed, names="value")
            self.controls[name].value = value
            self.controls[name].observe(self._changed, names="value")
        self.redraw()
        return self

    def _check(self, name: str, value: float) -> None:
        if name not in self.controls:
            raise ModuleError(
                f"no control {name!r}; there are {', '.join(self.controls)}"
            )
        control = self.controls[name]
        if isinstance(control, w.Dropdown):
            if value not in range(len(control.options)):
                raise ModuleError(f"{name} is one of {_names(control)}: {value}")
            return
        if number(value) is None or not control.min <= value <= control.max:
            raise ModuleError(
                f"{name} goes from {control.min} to {control.max}: {value}"
            )

    def _changed(self, _change: Any) -> None:
        self.redraw()

    def redraw(self) -> None:
        """Run, draw and describe the present values; what fails is said in the text."""
        try:
            result = self._run(**self.values)
            self.figure.empty()
            with matplotlib.rc_context(style.RC):
                self._draw(self.figure, result)
                self.image.value = self._png()
            self.image.layout.display = None if self.image.value else "none"
            self._text = self._summarize(result)
        except Exception as error:
            self._text = f"{style.CANNOT}: {type(error).__name__}: {error}"
        said = _html(self._text)
        self.text.value = f'<div role="status" style="{render.PROSE}">{said}</div>'

    def _png(self) -> bytes:
        return style.png(self.figure)

    def summary(self) -> str:
        """The plot's message in words and figures."""
        pairs = self.controls.values()
        set_to = ", ".join(f"{c.description} {_set_to(c)}" for c in pairs)
        return f"{self.title}\n{set_to}\n{self._text}"

    def __repr__(self) -> str:
        return self.summary()

    def _repr_mimebundle_(self, **kinds: Any) -> dict[str, Any]:
        import base64

        picture = base64.b64encode(self.image.value).decode()
        view = self.widget._repr_mimebundle_(**kinds)
        return {**view, "text/plain": self.summary(), "image/png": picture}


def _set_to(control: Any) -> str:
    chosen = isinstance(control, w.Dropdown)
    return str(control.label) if chosen else f"{control.value:g}"


def _names(control: Any) -> str:
    return ", ".join(f"{i} {name}" for name, i in control.options)


def _html(text: str) -> str:
    """Text as HTML; lines in columns keep their spaces."""
    parts = []
    for columns, lines in groupby(text.splitlines(), key=lambda line: "   " in line):
        said = render.escape("\n".join(lines))
        parts.append(f"<pre>{said}</pre>" if columns else said.replace("\n", "<br>"))
    return "".join(parts)


class Redrawn(Figure):
    """Gives the same axes, emptied, when `subplots` is asked for the same ones.

    Saves a third of the time of a redraw. The picture is that of a new figure as
    long as titles, labels and ticks that are set once are set at every drawing.
    """

    _asked = ""
    _made: Any = None

    def subplots(self, *args: Any, **kwargs: Any) -> Any:
        """As of any figure, but kept from the last drawing where they fit."""
        asked = repr((args, kwargs))
        if asked != self._asked:
            self.clear()
            self._made = super().subplots(*args, **kwargs)
            self._asked = asked
        return self._made

    def empty(self) -> None:
        """Remove what was drawn; plain axes made by `subplots` stay, others go."""
        kept = list(getattr(self._made, "flat", [self._made])) if self._asked else []
        if not all(map(_plain, kept)):
            self.clear()
            self._asked, kept = "", []
        for artist in chain(self.texts, self.legends, self.lines, self.patches):
            artist.remove()
        for axes in list(self.axes):
            if axes in kept:
                _empty(axes)
            else:
                axes.remove()


def _plain(axes: Axes) -> bool:
    """Whether the axes are linear and hold no categories or dates."""
    linear = axes.get_xscale() == axes.get_yscale() == "linear"
    return linear and not (axes.xaxis.have_units() or axes.yaxis.have_units())


def _empty(axes: Axes) -> None:
    drawn = (axes.lines, axes.collections, axes.patches, axes.texts, axes.images)
    for artist in list(chain(*drawn)):
        artist.remove()
    if legend := axes.get_legend():
        legend.remove()
    axes.set_prop_cycle(None)
    axes.relim()
    axes.set(xlim=(0, 1), ylim=(0, 1), autoscale_on=True)
