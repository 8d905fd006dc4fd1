"""`coursekit placement`: questions in the terminal that say what to skip."""

import argparse

from coursekit.core import answers_file
from coursekit.core.answers_file import Record
from coursekit.core.course import find_course
from coursekit.core.module import Question, find
from coursekit.learn import placement

HELP = "answer a few questions on a module, and see what you can skip"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which module, and whether to start from the first question."""
    parser.add_argument("module", help="such as 03_tools")
    parser.add_argument("--again", action="store_true", help="forget earlier answers")


def run(args: argparse.Namespace) -> int:
    """Ask what is not answered yet, then print the verdict; 1 when input ends."""
    course = find_course()
    folder = course.release(course.learners(args.module))
    module, record = find(folder), answers_file.at(folder)
    placement.need_key(module)
    questions = placement.asked(module)
    if args.again:
        record.forget(placement.SECTION, [q.id for q in questions])
    before = placement.given(module, record)
    todo = [q for q in questions if q.id not in before]
    if todo:
        print(f"{placement.offer(module)} Write a letter, or ? when you are not sure.")
    try:
        for number, question in enumerate(todo, 1 + len(before)):
            _ask(question, f"{number} of {len(questions)}", record)
    except EOFError:
        print("\nStopped: run it again to go on from here.")
        return 1
    print()
    print(placement.text(placement.verdict(module, record)))
    if note := record.take_note():
        print(note)
    return 0


def _ask(question: Question, place: str, record: Record) -> None:
    print(f"\n{place}  {question.prompt}")
    for letter, option in zip(question.letters, question.options, strict=True):
        print(f"  {letter}  {option.text}")
    allowed = {*question.letters, placement.UNSURE}
    while (said := input("> ").strip().upper()) not in allowed:
        print(f"One of {', '.join(question.letters)} or {placement.UNSURE}, please.")
    record.put(placement.SECTION, question.id, said)
