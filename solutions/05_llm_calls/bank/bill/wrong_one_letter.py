"""misconception: dear-means-slow
fails: saves_seconds
"""

def bill(call, price):
    fresh = call["prompt"] - call["known"]
    read = fresh * price["read"] + call["known"] * price["known"]
    dollars = (read + call["answer"] * price["write"]) / 1_000_000
    first = price["start_s"] + fresh * price["read_s"]
    return dollars, first + (call["answer"] - 1) * price["write_s"]


saves_dollars = "E"
saves_seconds = "E"
