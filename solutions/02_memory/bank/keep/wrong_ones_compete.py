"""misconception: always-means-usually
fails: importance 1.0 always stays, then by importance with the newer of equals first, an error when the 1.0s alone are too much, an error when there is no room at all
"""

def keep(items, max_tokens):
    order = sorted(range(len(items)), key=lambda i: (min(items[i][1], 0.9), i), reverse=True)
    chosen, left = [], max_tokens
    for i in order:
        if items[i][2] <= left:
            chosen.append(i)
            left -= items[i][2]
    return [items[i] for i in sorted(chosen)]
