def same_question(message, other):
    keys = []
    for text in (message, other):
        text = text.strip()
        for start, instead in STARTS.items():
            if text[: len(start)].lower() == start:
                text = instead + text[len(start) :]
        if text and text[-1] in "?.":
            text = text[:-1]
        if text.endswith(" please"):
            text = text[: -len(" please")]
        keys.append((text[:1].lower(), text[1:]))
    return keys[0] == keys[1]
