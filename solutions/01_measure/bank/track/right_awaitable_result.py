def tracked(record, clock):
    def decorate(func):
        async def finish(call):
            with timing(record, clock, func.__name__):
                return await call

        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            if inspect.iscoroutinefunction(func):
                return finish(func(*args, **kwargs))
            with timing(record, clock, func.__name__):
                return func(*args, **kwargs)

        return wrapper

    return decorate
