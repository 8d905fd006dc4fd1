"""misconception: exception-catches-all
fails: a cancelled call is recorded and stays cancelled
"""

def tracked(record, clock):
    def decorate(func):
        @functools.wraps(func)
        async def later(*args, **kwargs):
            began = clock()
            try:
                result = await func(*args, **kwargs)
            except Exception:
                record(func.__name__, clock() - began, False)
                raise
            record(func.__name__, clock() - began, True)
            return result

        @functools.wraps(func)
        def at_once(*args, **kwargs):
            began = clock()
            try:
                result = func(*args, **kwargs)
            except Exception:
                record(func.__name__, clock() - began, False)
                raise
            record(func.__name__, clock() - began, True)
            return result

        return later if inspect.iscoroutinefunction(func) else at_once

    return decorate
