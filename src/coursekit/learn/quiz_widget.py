"""The quiz as a widget: radio buttons a question, feedback as soon as one is chosen.

Tab goes from option to option and Space chooses. The arrow keys do not: JupyterLab
keeps them for moving between cells.
"""

from typing import Any

import ipywidgets as w
from IPython.core.getipython import get_ipython
from IPython.display import display

from coursekit.check.quiz import feedback, saved, summary
from coursekit.core import answers_file, render
from coursekit.core.module import Module, Question, find
from coursekit.core.one_line import one_line

HOW = (
    f'<div style="{render.PROSE};opacity:.75">Click an answer, or go to it with Tab '
    "and choose it with Space.</div>"
)


class Quiz:
    """All questions of a quiz; answers are saved as they are given."""

    def __init__(self, module: Module, exercise: str = "quiz") -> None:
        self.module, self.exercise = module, exercise
        self._head = w.HTML()
        self._note = w.HTML()
        asked, given = module.asked(exercise), saved(module)
        self.rows = [Row(q, given.get(q.id), self._saved) for q in asked]
        self.widget = w.VBox([self._head, *(r.widget for r in self.rows), self._note])
        self._kept: Any = None
        self._update()

    def keep(self) -> None:
        """Have the notebook itself keep the answers, as an output that shows nothing.

        A notebook that is handed in alone has no answers.json with it.
        """
        if get_ipython() and (travels := _travels()):
            self._kept = display(travels, raw=True, display_id=True)

    def _saved(self, question: Question, letter: str) -> None:
        answers_file.here().put("quiz", question.id, letter)
        if self._kept:
            self._kept.update(_travels(), raw=True)
        self._update()

    def _update(self) -> None:
        count, done = len(self.rows), sum(row.letter is not None for row in self.rows)
        said = f"{done} of {count} answered"
        bar = render.bar_html(done / max(1, count), said)
        self._head.value = f'<div aria-live="polite">{bar}</div>{HOW}'
        self._note.value = render.escape(answers_file.here().take_note())

    def summary(self) -> str:
        """The questions, their options and what was chosen, as text."""
        return summary(self.module, self.exercise)

    def __repr__(self) -> str:
        return self.summary()

    def _repr_mimebundle_(self, **kinds: Any) -> dict[str, Any]:
        view = self.widget._repr_mimebundle_(**kinds)
        return {**view, "text/plain": self.summary()}


def _travels() -> dict[str, str]:
    """The answers as the data of an output, empty where they stay in memory."""
    text = answers_file.here().to_travel()
    return {"text/plain": "", answers_file.MIME: text} if text else {}


class Row:
    """One question: its text, its options, what the chosen one means."""

    others: tuple[tuple[str, str], ...] = ()  # what can be said besides: sign, text
    points_to = True  # the section that answers it

    def __init__(self, question: Question, letter: str | None, saved: Any) -> None:
        self.question, self._saved = question, saved
        self._signs = [*question.letters, *(sign for sign, _ in self.others)]
        options = zip(question.letters, question.options, strict=True)
        told = [f"{x}. {o.text.replace('`', '')}" for x, o in options]  # plain text
        self.choice = w.RadioButtons(
            options=[*told, *(text for _, text in self.others)],
            index=self._signs.index(letter) if letter else None,
            layout=w.Layout(width="auto"),
        )
        see = ""
        if self.points_to and question.section:
            see = f" <small>see: {render.escape(question.where)}</small>"
        self.prompt = w.HTML(
            f'<p style="margin:12px 0 2px;{render.PROSE}"><b>{question.id}</b> '
            f"{render.inline(question.prompt)}{see}</p>"
        )
        self.verdict = w.HTML()
        self.widget = w.VBox([self.prompt, self.choice, self.verdict])
        self.choice.observe(self._chosen, names="index")
        self._say()

    @property
    def letter(self) -> str | None:
        """The letter or other sign chosen, None before."""
        index = self.choice.index
        return None if index is None else self._signs[index]

    def _chosen(self, _change: Any) -> None:
        if self.letter:
            self._saved(self.question, self.letter)
        self._say()

    def _say(self) -> None:
        if self.letter is None:
            self.verdict.value = ""
            return
        said = feedback(self.question, self.letter).partition(": ")[2]
        tint = render.TINTS.get(said[0], "inherit")
        edge = f"border-left:3px solid {tint};padding:2px 8px;margin-bottom:6px"
        self.verdict.value = (
            f'<div aria-live="polite" style="{render.PROSE};{edge}">'
            f"{render.inline(said)}</div>"
        )


@one_line
def quiz(exercise: str = "quiz") -> Any:
    """Show a quiz of the module; answers are saved as they are given."""
    module = find()
    made = Quiz(module, module.exercise(exercise).id)
    made.keep()
    return made
