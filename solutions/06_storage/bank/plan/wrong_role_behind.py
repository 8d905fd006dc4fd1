"""misconception: cover-everything
fails: size of the index against the best
"""

index = 'CREATE INDEX i ON messages (user, at, role)'
