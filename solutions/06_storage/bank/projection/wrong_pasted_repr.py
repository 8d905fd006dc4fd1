"""misconception: value-is-text
fails: the same whatever the name is
"""


def latest(query, user, limit):
    return query(f"SELECT id, data FROM messages WHERE user = {user!r} ORDER BY at DESC, id DESC LIMIT {limit}")
