"""Which messages lean on what was said before, and which are small talk."""

import pytest

from session1.turns import is_small_talk, kind_words, leans


@pytest.mark.parametrize(
    "message",
    [
        "And in Paris?",
        "what about Oslo?",
        "How about Lima?",
        "Und in Paris?",
        "¿Y en París?",
        "Und wie wird es morgen?",
        "Wie ist das Wetter dort?",
        "Et demain, quel temps fait-il ?",
        "Quelle heure est-il là-bas ?",
        "¿Qué hora es allí?",
        "What time is it there?",
        "Convert it to miles.",
        "Who founded it?",
        "Multiply that by 3",
        "Send them an email",
        "Show me those",
        "Paris?",
    ],
)
def test_a_message_leans_on_what_was_said(message: str) -> None:
    assert leans(message) and not is_small_talk(message)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "?",
        "What is the weather in Rome?",
        "Will it rain in Rome?",
        "What time is it in Tokyo?",
        "Is there a train to Rome?",
        "I think that it is late.",
        "My name is Ada.",
        "Hello there!",
        "Anderson sent 5 parcels.",
        "Wie ist das Wetter in Rom?",
        "Quelle heure est-il en Espagne ?",
        "Erste Frage zu Rom, bitte.",
    ],
)
def test_a_message_stands_alone(message: str) -> None:
    assert not leans(message)


@pytest.mark.parametrize(
    "message",
    [
        "Hello!",
        "hi there",
        "Thank you very much.",
        "Great, thanks!",
        "Good night",
        "👋 Hi",
        "Guten Morgen!",
        "Vielen Dank",
        "Danke schön",
        "Merci beaucoup !",
    ],
)
def test_greetings_thanks_and_farewells_are_small_talk(message: str) -> None:
    assert is_small_talk(message)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Yes, please.",
        "ok",
        "Evening.",
        "Say hello to Ada",
        "Thanks, and Rome?",
        "!",
    ],
)
def test_whatever_may_ask_for_something_is_not(message: str) -> None:
    assert not is_small_talk(message)


def test_a_text_has_kind_words() -> None:
    assert kind_words("Say hello to somebody.")
    assert not kind_words("The weather in this city.")
