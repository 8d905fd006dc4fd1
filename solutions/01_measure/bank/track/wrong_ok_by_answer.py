"""misconception: empty-is-missing
fails: a plain call is recorded once with its seconds
"""


def tracked(record, clock):
    def decorate(func):
        if inspect.iscoroutinefunction(func):

            @functools.wraps(func)
            async def wrapper(*a, **k):
                began, result = clock(), None
                try:
                    result = await func(*a, **k)
                    return result
                finally:
                    record(func.__name__, clock() - began, result is not None)
        else:

            @functools.wraps(func)
            def wrapper(*a, **k):
                began, result = clock(), None
                try:
                    result = func(*a, **k)
                    return result
                finally:
                    record(func.__name__, clock() - began, result is not None)

        return wrapper

    return decorate
