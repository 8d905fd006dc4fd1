"""misconception: star-is-free
fails: bytes handed over against those needed
"""


def latest(query, user, limit):
    sql = "SELECT *, * FROM messages WHERE user = ? ORDER BY at DESC, id DESC LIMIT ?"
    return [(row[0], row[4]) for row in query(sql, user, limit)]
