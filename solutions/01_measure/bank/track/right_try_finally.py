def tracked(record, clock):
    def decorate(func):
        if inspect.iscoroutinefunction(func):

            @functools.wraps(func)
            async def wrapper(*args, **kwargs):
                began, ok = clock(), False
                try:
                    result = await func(*args, **kwargs)
                    ok = True
                    return result
                finally:
                    record(func.__name__, clock() - began, ok)

        else:

            @functools.wraps(func)
            def wrapper(*args, **kwargs):
                began, ok = clock(), False
                try:
                    result = func(*args, **kwargs)
                    ok = True
                    return result
                finally:
                    record(func.__name__, clock() - began, ok)

        return wrapper

    return decorate
