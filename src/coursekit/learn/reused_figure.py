"""A figure that is drawn again and again: axes are costly to make, so they are kept."""

from itertools import chain
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure


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
        kept = list(np.ravel(self._made)) if self._asked else []
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
