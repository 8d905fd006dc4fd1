"""misconception: one-start-for-all
fails: an async call is recorded when it is done
"""

def tracked(record, clock):
    began = 0

    def decorate(func):
        @functools.wraps(func)
        async def later(*args, **kwargs):
            nonlocal began
            began, ok = clock(), False
            try:
                result = await func(*args, **kwargs)
                ok = True
                return result
            finally:
                record(func.__name__, clock() - began, ok)

        @functools.wraps(func)
        def at_once(*args, **kwargs):
            with timing(record, clock, func.__name__):
                return func(*args, **kwargs)

        return later if inspect.iscoroutinefunction(func) else at_once

    return decorate
