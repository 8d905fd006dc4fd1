"""misconception: newest-first-anyway
fails: the right rows from one query, rows handed over for 5 messages, bytes handed over against those needed
"""


def latest(query, user, limit):
    sql = "SELECT id, data FROM messages WHERE user = ? ORDER BY id DESC LIMIT ?"
    return query(sql, user, limit)
