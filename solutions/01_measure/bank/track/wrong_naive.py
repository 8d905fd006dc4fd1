"""misconception: calling-runs-it
fails: a plain call is recorded once with its seconds, an async call is recorded when it is done, a call that fails is recorded and its error comes through, a cancelled call is recorded and stays cancelled, name and docstring stay
"""

def tracked(record, clock):
    def decorate(func):
        def wrapper(*args, **kwargs):
            began = clock()
            result = func(*args, **kwargs)
            record(func.__name__, clock() - began, True)
            return result

        return wrapper

    return decorate
