"""values in a tuple, as sqlite3 takes them"""


def latest(query, user, limit):
    sql = "select id, data from messages where user is ? order by at desc, id desc limit ?"
    return query(sql, (user, limit))
