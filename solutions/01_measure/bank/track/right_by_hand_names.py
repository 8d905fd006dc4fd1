class tracked:
    """A decorator as a class; names are copied by hand."""

    def __init__(self, record, clock):
        self.record, self.clock = record, clock

    def __call__(self, func):
        if inspect.iscoroutinefunction(func):

            async def wrapper(*args, **kwargs):
                with timing(self.record, self.clock, func.__name__):
                    return await func(*args, **kwargs)

        else:

            def wrapper(*args, **kwargs):
                with timing(self.record, self.clock, func.__name__):
                    return func(*args, **kwargs)

        return functools.update_wrapper(wrapper, func)
