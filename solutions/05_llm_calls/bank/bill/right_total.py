"""all tokens at full price, then the discount"""

def bill(call, price):
    discount = call["known"] * (price["read"] - price["known"])
    dollars = call["prompt"] * price["read"] - discount + call["answer"] * price["write"]
    seconds = price["start_s"] - price["write_s"] + call["answer"] * price["write_s"]
    seconds += (call["prompt"] - call["known"]) * price["read_s"]
    return dollars * 1e-6, seconds


def a_day(**change):
    return bill(CALL | change, LARGE)


before, small = a_day(), bill(CALL, SMALL)
days = {
    "A": a_day(prompt=1100),
    "B": a_day(known=900),
    "C": a_day(answer=125),
    "D": [0.8 * x for x in before],
    "E": [0.4 * x + 0.6 * y for x, y in zip(before, small)],
}
saves_dollars, saves_seconds = (min(days, key=lambda d: days[d][i]) for i in (0, 1))
