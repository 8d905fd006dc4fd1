"""counted by code"""
asked_for = "ABACADABCA"
never = len(set(asked_for))
held, lru_hits = [], 0
for letter in asked_for:
    if letter in held:
        lru_hits += 1
        held.remove(letter)
    held = [*held, letter][-2:]
stored, ttl_hits = {}, 0
for second, letter in enumerate(asked_for):
    if second - stored.get(letter, -9) < 4:
        ttl_hits += 1
    else:
        stored[letter] = second
