"""misconception: wall-clock-measures
fails: a plain call is recorded once with its seconds, an async call is recorded when it is done, a call that fails is recorded and its error comes through, a cancelled call is recorded and stays cancelled
"""

def tracked(record, clock):
    def decorate(func):
        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            with timing(record, time.time, func.__name__):
                return func(*args, **kwargs)

        @functools.wraps(func)
        async def async_wrapper(*args, **kwargs):
            with timing(record, time.time, func.__name__):
                return await func(*args, **kwargs)

        return async_wrapper if inspect.iscoroutinefunction(func) else wrapper

    return decorate
