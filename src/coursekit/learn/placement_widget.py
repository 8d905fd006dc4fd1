"""`placement()`: the questions of a placement as a widget, folded until asked for."""

from typing import Any

import ipywidgets as w

from coursekit.core import answers_file, render
from coursekit.core.module import Module, Question, find
from coursekit.core.one_line import one_line
from coursekit.learn.placement import (
    SECTION,
    UNSURE,
    asked,
    given,
    need_key,
    offer,
    placed,
    text,
    verdict,
)
from coursekit.learn.quiz_widget import HOW, Row


class Unjudged(Row):
    """A question that can be left open, and says nothing of the answer."""

    others = ((UNSURE, "I am not sure"),)
    points_to = False

    def _say(self) -> None:
        self.verdict.value = ""


class Placement:
    """An offer, then the questions, then what to skip."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self._record = answers_file.here()
        self._head = w.HTML()
        self.button = w.Button(layout=w.Layout(width="auto", align_self="flex-start"))
        self.button.on_click(self._press)
        self._list = w.VBox()
        self.rows: list[Unjudged] = []
        self.widget = w.VBox([self._head, self.button, self._list])
        self._rest()

    def _rest(self) -> None:
        """Show the offer, or the verdict of a placement that is finished."""
        self.rows = []
        self._list.children = ()
        self.button.layout.display = ""
        done = placed(self.module, self._record)
        self.button.description = "Answer again" if done else "See what I can skip"
        body = "".join(render.row(*line) for line in self._lines())
        note = render.escape(self._record.take_note())
        self._head.value = f'<div aria-live="polite">{body}{note}</div>'

    def _lines(self) -> list[tuple[str, str]]:
        if placed(self.module, self._record):
            return verdict(self.module, self._record)
        return [("", offer(self.module))]

    def _press(self, _button: Any) -> None:
        questions = asked(self.module)
        if placed(self.module, self._record):
            self._record.forget(SECTION, [q.id for q in questions])
        before = given(self.module, self._record)
        self.rows = [Unjudged(q, before.get(q.id), self._saved) for q in questions]
        self.button.layout.display = "none"
        self._head.value = HOW
        self._list.children = tuple(row.widget for row in self.rows)

    def _saved(self, question: Question, letter: str) -> None:
        self._record.put(SECTION, question.id, letter)
        if placed(self.module, self._record):
            self._rest()

    def summary(self) -> str:
        """The offer or the verdict, as text."""
        return text(self._lines())

    def __repr__(self) -> str:
        return self.summary()

    def _repr_mimebundle_(self, **kinds: Any) -> dict[str, Any]:
        view = self.widget._repr_mimebundle_(**kinds)
        return {**view, "text/plain": self.summary()}


@one_line
def placement() -> Any:
    """Ask about the module's ★ path, and say which sections you can skip."""
    module = find()
    need_key(module)
    return Placement(module)
