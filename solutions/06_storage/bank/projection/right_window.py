"""numbered rows, as lists"""


def latest(query, user, limit):
    sql = "WITH r AS (SELECT id, data, row_number() OVER (ORDER BY at DESC, rowid DESC) AS n FROM messages WHERE user = ?) SELECT id, data FROM r WHERE n <= ? ORDER BY n"
    return tuple(list(row) for row in query(sql, user, limit))
