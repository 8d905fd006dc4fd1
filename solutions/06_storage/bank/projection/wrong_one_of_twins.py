"""misconception: times-are-unique
fails: the right rows from one query, rows handed over for 5 messages, bytes handed over against those needed
"""


def latest(query, user, limit):
    return query("SELECT max(id), data FROM messages WHERE user = ? GROUP BY at, data ORDER BY at DESC, id DESC LIMIT ?", user, limit)
