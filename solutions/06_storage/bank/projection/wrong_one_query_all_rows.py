"""misconception: limit-in-python
fails: rows handed over for 5 messages, bytes handed over against those needed
"""


def latest(query, user, limit):
    sql = "SELECT id, data FROM messages WHERE user = ? ORDER BY at DESC, id DESC"
    return query(sql, user)[:limit]
