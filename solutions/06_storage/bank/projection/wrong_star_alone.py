"""misconception: star-is-free
fails: bytes handed over against those needed
"""


def latest(query, user, limit):
    return [(r[0], r[4]) for r in query("SELECT * FROM messages WHERE user = ? ORDER BY at DESC, id DESC LIMIT ?", user, limit)]
