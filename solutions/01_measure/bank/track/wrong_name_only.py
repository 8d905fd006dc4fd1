"""misconception: wrapper-is-the-function
fails: name and docstring stay
"""

def tracked(record, clock):
    def decorate(func):
        def wrapper(*args, **kwargs):
            with timing(record, clock, func.__name__):
                return func(*args, **kwargs)

        async def async_wrapper(*args, **kwargs):
            with timing(record, clock, func.__name__):
                return await func(*args, **kwargs)

        made = async_wrapper if inspect.iscoroutinefunction(func) else wrapper
        made.__name__ = func.__name__
        return made

    return decorate
