"""misconception: value-is-text
fails: the right rows from one query, rows handed over for 5 messages, bytes handed over against those needed
"""


def latest(query, user, limit):
    return query("SELECT id, data FROM messages WHERE user = ? ORDER BY at DESC LIMIT ?", user, limit)
