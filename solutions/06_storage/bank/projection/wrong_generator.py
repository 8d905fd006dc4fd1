"""misconception: limit-in-python
fails: the right rows from one query, the same whatever the name is, rows handed over for 5 messages, bytes handed over against those needed
"""


def latest(query, user, limit):
    sql = "SELECT id, data FROM messages WHERE user = ?"
    yield from query(sql + " ORDER BY at DESC, id DESC LIMIT ?", user, limit)
