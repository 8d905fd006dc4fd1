"""The lab and the growth plot: figures, their words, and when something fails."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from coursekit import Lab, growth_plot, slider
from coursekit.core.module import ModuleError
from coursekit.learn.growth_plot import GrowthPlot, cpu_ms
from coursekit.learn.lab import Choice

pytestmark = pytest.mark.slow

PNG = b"\x89PNG"


def draw(figure: Figure, result: dict[str, Any]) -> None:
    figure.subplots().plot([0, 1], [0, result["budget"]])


def lab(runs: list[Any] | None = None) -> Lab:
    def run(**values: float) -> dict[str, float]:
        if runs is not None:
            runs.append(values)
        return {**values, "half": values["budget"] // 2}

    controls = {
        "budget": slider("budget", 1, 20, 1, 8, "kB"),
        "weight": slider("importance weight", 0.0, 1.0, 0.1, 0.7),
    }
    return Lab("A lab", controls, draw, lambda r: f"half is {r['half']}", run)


def test_a_lab_draws_and_says_what_it_shows() -> None:
    made = lab()
    assert bytes(made.image.value).startswith(PNG)
    assert made.summary() == ("A lab\nbudget (kB) 8, importance weight 0.7\nhalf is 4")
    bundle = made._repr_mimebundle_()
    assert bundle["text/plain"] == repr(made)
    assert {"image/png", "application/vnd.jupyter.widget-view+json"} <= set(bundle)
    parts = made.widget.children
    assert parts.index(made.text) < parts.index(made.image), "figures by the sliders"


def test_moving_a_slider_redraws_in_place() -> None:
    runs: list[Any] = []
    made = lab(runs)
    before, figure = made.image.value, made.figure
    made.controls["budget"].value = 12
    assert made.image.value != before
    assert made.figure is figure
    assert "half is 6" in made.text.value
    made.set(budget=4, weight=0.5)
    assert runs[1:] == [{"budget": 12, "weight": 0.7}, {"budget": 4, "weight": 0.5}]


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"size": 1}, "there are budget, weight"),
        ({"budget": 99}, "from 1 to 20"),
        ({"budget": "9"}, "from 1 to 20"),
    ],
)
def test_a_value_that_does_not_fit_changes_nothing(values: Any, error: str) -> None:
    made = lab()
    with pytest.raises(ModuleError, match=error):
        made.set(weight=0.1, **values)
    assert made.values == {"budget": 8, "weight": 0.7}


def test_a_choice_is_told_by_name_and_columns_keep_their_spaces() -> None:
    names = Choice("way", ("short", "long"), 1)
    table = "a    1\nb   20\nthat is < 30"
    made = Lab("L", {"way": names}, lambda *_: None, lambda _: table)
    assert "way long" in made.summary()
    assert "<pre>a    1\nb   20</pre>that is &lt; 30" in made.text.value
    assert "way short" in made.set(way=0).summary()
    with pytest.raises(ModuleError, match="way is one of 0 short, 1 long: 2"):
        made.set(way=2)


def test_a_lab_that_cannot_draw_says_so() -> None:
    controls = {"n": slider("n", 0, 3, 1, 1)}
    made = Lab("L", controls, draw, lambda r: str(1 / r["n"]), lambda n: {"n": n})
    assert "cannot be drawn: KeyError" in made.summary()


def test_the_same_lab_gives_the_same_picture() -> None:
    assert lab().image.value == lab().image.value


def busy(figure: Figure, result: dict[str, Any]) -> None:
    top, below = figure.subplots(2, 1, sharex=True)
    n = int(result["budget"])
    top.plot(range(n), [x * x for x in range(n)], label=f"{n}")
    top.plot([0, 1], [0, n])
    top.set(ylim=(0, None), title=f"up to {n}")
    top.legend()
    top.twinx().bar([1, 2], [n, 1])
    below.axhline(n)
    below.text(0, 0, "here")
    figure.text(0.1, 0.95, f"n = {n}")


def single(figure: Figure, result: dict[str, Any]) -> None:
    figure.add_subplot().plot([0, result["budget"]])


def shifting(figure: Figure, result: dict[str, Any]) -> None:
    np.ravel(figure.subplots(1, 1 + int(result["budget"]) % 2))[0].plot([1, 2])


def named(figure: Figure, result: dict[str, Any]) -> None:
    left, right = figure.subplots(1, 2)
    n = int(result["budget"])
    left.bar([f"up to {n}", "all"], [n, 20])
    right.loglog([1, n], [1, n * n])


@pytest.mark.parametrize("how", [busy, single, shifting, named])
def test_drawing_again_gives_the_picture_of_a_new_figure(how: Any) -> None:
    controls = {"budget": slider("budget", 1, 20, 1, 8)}
    used = Lab("L", controls, how, str)
    for value in (15, 3, 12):
        used.set(budget=value)
        fresh = Lab("L", {"budget": slider("budget", 1, 20, 1, value)}, how, str)
        assert bytes(used.image.value) == bytes(fresh.image.value)


def plot(**works: Any) -> GrowthPlot:
    return growth_plot(works, [10, 100, 1000], unit="reads")


def test_exponents_are_fitted_and_said() -> None:
    made = plot(naive=lambda n: n * n, reference=lambda n: 3 * n, fixed=lambda n: 7)
    assert made.exponents == pytest.approx({"naive": 2, "reference": 1, "fixed": 0})
    assert made.summary() == (
        "How reads grow with entries: reads by number of entries\n"
        "                  10        100      1,000\n"
        "naive            100     10,000  1,000,000  grows as n^2.00\n"
        "reference         30        300      3,000  grows as n^1.00\n"
        "fixed              7          7          7  grows as n^0.00"
    )
    bundle = made._repr_mimebundle_()
    assert bundle["text/plain"] == repr(made)
    assert bundle["image/png"].startswith("iVBOR")


def test_an_unfinished_series_is_left_out() -> None:
    def stub(n: int) -> int:
        raise NotImplementedError("not yet")

    made = plot(yours=stub, reference=lambda n: n)
    assert list(made.exponents) == ["reference"]
    said = "✗ NOT DRAWN: yours (NotImplementedError: not yet)"
    assert made.summary().startswith(f"{said}\nHow reads grow")
    assert [t.get_text() for t in made.figure().axes[0].texts] == [said]
    assert plot(yours=stub).figure()


def test_cpu_time_can_be_measured() -> None:
    sizes = [20_000, 200_000]
    made = growth_plot({"sum": lambda n: sum(range(n))}, sizes, measure=cpu_ms)
    assert made.counts["sum"][1] > made.counts["sum"][0]


def test_series_differ_in_more_than_colour() -> None:
    figure = plot(a=lambda n: n, b=lambda n: 2 * n, c=lambda n: 3 * n).figure()
    lines = figure.axes[0].lines
    assert len({line.get_marker() for line in lines}) == 3
    assert len({line.get_linestyle() for line in lines}) == 3
