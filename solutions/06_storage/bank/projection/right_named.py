"""names that SQLite knows, in many lines"""


def latest(query, user, limit):
    sql = """
        SELECT m.id, m.data FROM messages AS m
        WHERE m.user = ?1 ORDER BY m.at DESC, m.id DESC LIMIT ?2
    """
    return [(row[0], row[1]) for row in query(sql, user, limit)]
