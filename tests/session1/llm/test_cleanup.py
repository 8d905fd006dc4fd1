"""Tidying a prompt: what goes, what must stay, and its laws."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session1.data import conversations
from session1.llm.prompt.cleanup import tidy

RULE = "Answer in one short sentence, please, always."


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("a   b", "a b"),
        ("a  \nb \t", "a\nb \t"),
        ("\n\n a\n\n\n \nb\n\n", " a\n\nb"),
        ("One.  Two.\nThree.  Four.", "One. Two.\nThree. Four."),
        (f"{RULE}\n\nx\n\n{RULE}", f"{RULE}\n\nx"),
        ("No.\n\nx\n\nNo.", "No.\n\nx\n\nNo."),
        ('say  "a   b"  now', 'say "a   b" now'),
        ("run  `ls   -l`  now", "run `ls   -l` now"),
    ],
)
def test_what_says_nothing_goes(text, tidied):
    assert tidy(text) == tidied


@pytest.mark.parametrize(
    "kept",
    [
        "```\na   b  \n\n\n\nc\n```",
        "~~~ python\nx  =  1\n~~~",
        '"""\na   b\n\n\nc\n"""',
        "    x  =  1\n\n\n    y  =  2",
        "\tx  =  1",
        "> he  said",
        "<data>\na   b\n\n\n\nc  \n</data>",
        "<doc id='1'>\na   b\n</doc>",
        "a\tb  c\t",
        "name    age\nAnn     12",
        'x "one  \n\n\n  two" y',
        "“a   b”",
    ],
)
def test_data_stays_as_it_is(kept):
    assert kept in tidy(f"first   line\n\n\n\n{kept}\n\n\nlast   line")
    assert tidy(f"first   line\n\n\n\n{kept}").startswith("first line\n\n")


def test_repeated_data_is_no_boilerplate():
    code = "```\none two three four five six\n```"
    assert tidy(f"{code}\n\nx\n\n{code}").count(code) == 2
    assert tidy(f"{RULE}\n\n{RULE}", repeats=False).count(RULE) == 2


def test_only_text_is_tidied():
    with pytest.raises(TypeError, match="must be a str"):
        tidy(None)


WORDS = ("a", "word", "one two three four five six", "|", ".  ", ">", "\u00a0")
SPACES = (" ", "  ", "   ", "    ", "\t", "\r", "\x0b", "\n", "\n\n", "\n \n")
QUOTES = ('"', "`", "“", "”", '"""', "'''", "```", "\n```\n", "\n~~~\n")
TAGS = ("<d>", "\n<d>\n", "\n</d>\n")
PIECES = st.sampled_from((*WORDS, *SPACES, *QUOTES, *TAGS))
TEXTS = st.lists(PIECES, max_size=40).map("".join) | st.text()


@settings(max_examples=400)
@given(TEXTS)
def test_twice_is_once_and_words_stay_in_order(text):
    once = tidy(text)
    assert tidy(once) == once
    same = tidy(text, repeats=False)
    assert same.split() == text.split()
    assert tidy(same, repeats=False) == same
    assert len(once) <= len(same) <= len(text)


@settings(max_examples=200)
@given(TEXTS, TEXTS)
def test_a_code_block_is_never_touched(before, code):
    block = f"```\n{code.replace('```', '')}\n```"
    fences = ("`", "~", '"', "'", "<", "“")  # nothing open before the block
    text = "".join(c for c in before if c not in fences)
    assert block in tidy(f"{text}\n\n{block}\n\n{before}")


def test_real_conversations_keep_their_words():
    for talk in conversations(30, min_turns=10):
        text = "\n".join(f"{turn.speaker}:  {turn.text}" for turn in talk.turns)
        assert tidy(text, repeats=False).split() == text.split()
