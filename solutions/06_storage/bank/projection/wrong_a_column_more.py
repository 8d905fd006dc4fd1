"""misconception: star-is-free
fails: bytes handed over against those needed
"""


def latest(query, user, limit):
    return [
        (id, data)
        for id, at, data in query(
            "SELECT id, at, data FROM messages WHERE user = ? "
            "ORDER BY at DESC, id DESC LIMIT ?",
            user,
            limit,
        )
    ]
