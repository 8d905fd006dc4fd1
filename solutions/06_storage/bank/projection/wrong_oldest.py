"""misconception: oldest-is-first
fails: the right rows from one query, rows handed over for 5 messages, bytes handed over against those needed
"""


def latest(query, user, limit):
    sql = "SELECT id, data FROM messages WHERE user = ? ORDER BY at, id LIMIT ?"
    return query(sql, user, limit)
