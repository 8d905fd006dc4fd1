"""misconception: shield-ends-with-its-caller
fails: a cancelled call is recorded and stays cancelled
"""


def tracked(record, clock):
    def decorate(func):
        if inspect.iscoroutinefunction(func):

            @functools.wraps(func)
            async def wrapper(*a, **k):
                with timing(record, clock, func.__name__):
                    return await asyncio.shield(func(*a, **k))
        else:

            @functools.wraps(func)
            def wrapper(*a, **k):
                with timing(record, clock, func.__name__):
                    return func(*a, **k)

        return wrapper

    return decorate
