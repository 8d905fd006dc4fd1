"""Right and wrong versions come in turns by which counting calls gains nothing."""

import pytest

from coursekit.turns import RIGHT, WRONG, verdicts

RIGHTS, WRONGS = ("r1", "r2"), {"a": "wrong a", "b": "wrong b"}


def test_honest_test_is_told_apart():
    alarm, said = verdicts(
        lambda v: "AssertionError" if v == "wrong a" else "", RIGHTS, WRONGS, seed=13
    )
    assert (alarm, said) == ("", {"a": "AssertionError", "b": ""})


def test_false_alarm_at_any_turn_is_one():
    seen = []

    def once(version):
        seen.append(version)
        return "AssertionError" if seen.count("r2") == RIGHT else ""

    assert verdicts(once, RIGHTS, {}, seed=13)[0] == "AssertionError"


def test_bug_must_be_caught_each_time():
    seen = []

    def first_only(version):
        seen.append(version)
        again = seen.count(version) > 1
        return "" if version in RIGHTS or again else "AssertionError"

    assert verdicts(first_only, RIGHTS, WRONGS, seed=13) == ("", {"a": "", "b": ""})
    assert sorted(map(seen.count, WRONGS.values())) == [WRONG, WRONG]


def test_another_error_is_what_counts():
    answers = iter(["AssertionError", "TypeError"])
    _, said = verdicts(lambda v: next(answers), (), {"a": "wrong a"}, seed=1)
    assert said == {"a": "TypeError"}


@pytest.mark.parametrize("quiet", range(2 * RIGHT + 4 * WRONG))
@pytest.mark.parametrize("loud_first", [True, False])
@pytest.mark.parametrize("seed", [13, 304, 326])  # those of the course
def test_counting_calls_gains_nothing(quiet, loud_first, seed):
    calls = []

    def counts(version):
        calls.append(version)
        loud = (len(calls) <= quiet) == loud_first
        return "AssertionError" if loud else ""

    wrongs = {name: f"wrong {name}" for name in "abcd"}
    alarm, said = verdicts(counts, RIGHTS, wrongs, seed)
    assert alarm or not any(said.values())
