def facts(said):
    negations = sum(word in NEGATIONS for word in said)
    return negations, [word for word in said if word[0].isdigit()]


def similar(message, kept, threshold=0.7):
    a = set(words(message))

    def alike(i):
        b = set(words(kept[i]))
        return len(a & b) / len(a | b) if a or b else -1

    fit = [i for i in range(len(kept)) if facts(words(kept[i])) == facts(words(message)) and alike(i) > threshold]
    print(len(fit), "candidates")
    return kept[max(fit, key=lambda i: (alike(i), -i))] if fit else None
