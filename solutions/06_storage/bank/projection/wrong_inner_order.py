"""misconception: newest-first-anyway
fails: the right rows from one query, rows handed over for 5 messages, bytes handed over against those needed
"""


def latest(query, user, limit):
    return query("SELECT id, data FROM messages WHERE id IN (SELECT id FROM messages WHERE user = ? ORDER BY at DESC, id DESC LIMIT ?)", user, limit)
