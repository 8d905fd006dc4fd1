"""misconception: known-is-free
fails: dollars of a call, seconds of a call
"""

def bill(call, price):
    fresh = call["prompt"]
    read = fresh * price["read"] + call["known"] * price["known"]
    dollars = (read + call["answer"] * price["write"]) / 1_000_000
    first = price["start_s"] + fresh * price["read_s"]
    return dollars, first + (call["answer"] - 1) * price["write_s"]


saves_dollars = "E"
saves_seconds = "C"
