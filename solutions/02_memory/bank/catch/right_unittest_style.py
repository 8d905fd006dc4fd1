"""Unittest style."""

def check_pack(pack):
    """Raise AssertionError if `pack(texts, budget, sep)` breaks a promise."""
    import unittest

    case = unittest.TestCase()
    case.assertEqual(pack(["one", "two"], 7), "one\ntwo")
    case.assertEqual(pack(["one", "two"], 6), "one")
    case.assertEqual(pack(["far too long", "ok"], 5), "ok")
    case.assertEqual(pack(["ab", "far too long", "cd"], budget=5), "ab\ncd")
    case.assertEqual(pack(["one", "two"], 8, sep=", "), "one, two")
    case.assertEqual(pack(["one", "two"], 7, sep=", "), "one")
    case.assertEqual(pack(["a", "b", "c"], 9, sep="----"), "a----b")
    case.assertEqual(pack(["exact"], 5), "exact")
