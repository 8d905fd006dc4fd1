def tracked(record, clock):
    def decorate(func):
        def done(began, ok):
            record(name=func.__name__, seconds=clock() - began, ok=ok)

        @functools.wraps(func)
        async def later(*args, **kwargs):
            began = clock()
            try:
                result = await func(*args, **kwargs)
            except BaseException:
                done(began, False)
                raise
            done(began, True)
            return result

        @functools.wraps(func)
        def at_once(*args, **kwargs):
            began = clock()
            try:
                result = func(*args, **kwargs)
            except BaseException:
                done(began, False)
                raise
            done(began, True)
            return result

        return later if asyncio.iscoroutinefunction(func) else at_once

    return decorate
