"""misconception: a-query-costs-nothing
fails: bytes handed over against those needed, rows handed over for 5 messages, the right rows from one query, the same whatever the name is
"""


def latest(query, user, limit):
    sql = "SELECT id FROM messages WHERE user = ? ORDER BY at DESC, id DESC LIMIT ?"
    ids = [id for (id,) in query(sql, user, limit)]
    return [query("SELECT id, data FROM messages WHERE id = ?", id)[0] for id in ids]
