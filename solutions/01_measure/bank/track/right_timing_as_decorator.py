"""`timing` itself decorates the plain kind"""


def tracked(record, clock):
    def decorate(func):
        if not inspect.iscoroutinefunction(func):
            return timing(record, clock, func.__name__)(func)

        @functools.wraps(func)
        async def inner(*a, **k):
            with timing(record, clock, func.__name__):
                return await func(*a, **k)

        return inner

    return decorate
