def clean(word):
    return word.strip(".,!?").lower()


def words_of(text):
    return set(map(clean, text.split()))


def search(question, documents):
    asked = words_of(question)
    return max(documents, key=lambda text: len(asked & words_of(text)))


def answer(question, documents):
    return f"{question} {search(question, documents)}"


def serve(questions, documents):
    return [answer(question, documents) for question in questions]
