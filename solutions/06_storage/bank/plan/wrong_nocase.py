"""misconception: index-survives-functions
fails: steps of `latest` against the best, steps of `last` against the best, steps of `count` against the best, steps from 1000 to 8000 messages, size of the index against the best
"""

index = "CREATE INDEX a ON messages (user COLLATE NOCASE, at)"
