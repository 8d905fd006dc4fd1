"""misconception: any-column-order
fails: steps of `latest` against the best, steps of `last` against the best, steps of `count` against the best, steps from 1000 to 8000 messages, size of the index against the best
"""

index = "(user, at)"
