import re


def core(text):
    text = text.strip()
    for start, instead in STARTS.items():
        text = re.sub(f"^{re.escape(start)}", instead, text, flags=re.IGNORECASE)
    text = re.sub(r"[?.]$", "", text)
    text = re.sub(r" please$", "", text)
    return re.sub(r"^.", lambda first: first[0].lower(), text)


def same_question(message, other):
    return core(message) == core(other)
