"""a random walk against a model of the promises"""


def check_store(make):
    import random
    draw = random.Random(3)
    s, now, notes = make(), 0, {}
    for n in range(300):
        id = draw.choice("abcd")
        if draw.random() < .5:
            at = n + draw.randrange(3) * 1000 + n / 1000
            s.put(id, at, f"t{n}"); notes[id] = (at, f"t{n}", now)
        else:
            w = draw.choice([1, 7, 60]); s.wait(w); now += w
        alive = {i: x for i, x in notes.items() if now - x[2] < 60}
        for i in "abcd":
            assert s.get(i) == (alive[i][1] if i in alive else None)
        low, limit = draw.choice([0, n, 1000]), draw.randrange(1, 5)
        assert s.since(low, limit) == sorted((i for i in alive if alive[i][0] >= low), key=lambda i: alive[i][0])[:limit]
