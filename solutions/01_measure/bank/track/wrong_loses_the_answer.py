"""misconception: silent-loss
fails: a plain call is recorded once with its seconds, an async call is recorded when it is done
"""

def tracked(record, clock):
    def decorate(func):
        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            with timing(record, clock, func.__name__):
                func(*args, **kwargs)

        @functools.wraps(func)
        async def async_wrapper(*args, **kwargs):
            with timing(record, clock, func.__name__):
                await func(*args, **kwargs)

        return async_wrapper if inspect.iscoroutinefunction(func) else wrapper

    return decorate
