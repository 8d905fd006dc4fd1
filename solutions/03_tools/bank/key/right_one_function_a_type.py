"""A function for each type."""

from functools import singledispatch

@singledispatch
def freeze(value):
    raise TypeError(f"no dependable key for a {type(value).__name__}")

@freeze.register
def _(value: dict):
    return ("dict", frozenset(map(freeze, value.items())))

@freeze.register(list)
@freeze.register(tuple)
def _(value):
    return (type(value).__name__, tuple(map(freeze, value)))

@freeze.register(str)
@freeze.register(int)
@freeze.register(float)
@freeze.register(bool)
@freeze.register(type(None))
def _(value):
    return (type(value), value)
