"""misconception: only-success-counts
fails: a call that fails is recorded and its error comes through, a cancelled call is recorded and stays cancelled
"""

def tracked(record, clock):
    def decorate(func):
        @functools.wraps(func)
        async def later(*args, **kwargs):
            began = clock()
            try:
                return await func(*args, **kwargs)
            finally:
                record(func.__name__, clock() - began, True)

        @functools.wraps(func)
        def at_once(*args, **kwargs):
            began = clock()
            try:
                return func(*args, **kwargs)
            finally:
                record(func.__name__, clock() - began, True)

        return later if inspect.iscoroutinefunction(func) else at_once

    return decorate
