"""small letters, a list"""

def bill(call, price):
    fresh = call["prompt"] - call["known"]
    per = [(fresh, "read"), (call["known"], "known"), (call["answer"], "write")]
    dollars = sum(n * price[name] / 1e6 for n, name in per)
    return [
        dollars,
        price["start_s"] + fresh * price["read_s"] + (call["answer"] - 1) * price["write_s"],
    ]


saves_dollars = "e"
saves_seconds = " c"
