"""misconception: newest-first-anyway
fails: the right rows from one query, rows handed over for 5 messages, bytes handed over against those needed
"""


def latest(query, user, limit):
    rows = query("SELECT id, data, at FROM messages WHERE user = ? LIMIT ?", user, limit)
    rows = sorted(rows, key=lambda row: (row[2], row[0]), reverse=True)
    return [row[:2] for row in rows]
