"""misconception: calling-runs-it
fails: an async call is recorded when it is done, a call that fails is recorded and its error comes through, a cancelled call is recorded and stays cancelled
"""

def tracked(record, clock):
    def decorate(func):
        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            with timing(record, clock, func.__name__):
                return func(*args, **kwargs)

        return wrapper

    return decorate
