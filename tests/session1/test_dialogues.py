"""The dialogues of users: whatever happens in between, each knows its latest turns."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1 import hybrid_time
from session1.memory.dialogues import FACTS, MATTERS, PENDING, READ, Dialogues
from session1.memory.journal import Journal

USERS = st.sampled_from("abc")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), USERS),
        st.tuples(st.just("long"), USERS),  # more than may wait for a dialogue
        st.tuples(st.just("of"), USERS),
        st.tuples(st.just("begin"), USERS),  # a read that goes on beside the next steps
        st.tuples(st.just("flush"), USERS),
    ),
    max_size=25,
)


class Store:
    """Keeps records in a list, each once."""

    def __init__(self):
        self.records = {}

    def put_many(self, records):
        self.records.update((record["id"], record) for record in records)
        return []

    def retrieve(self, filter, limit, newest_first):
        assert newest_first
        asked = {field: filter[field] for field in ("user", MATTERS) if field in filter}
        found = [r for r in self.records.values() if r.items() >= asked.items()]
        return found[::-1][:limit]


class Learned:
    """A dialogue that knows what it was told."""

    def __init__(self):
        self.turns = []

    def learn(self, turn):
        self.turns.append(turn["message"])


def said(user, text):
    return {"user": user, "message": text, "response": "yes"}


@given(STEPS)
def test_a_dialogue_has_learned_each_turn_once_and_in_order(steps):
    async def main():
        store = Store()
        journal = Journal(store, by="user", batch=2)
        dialogues = Dialogues(store, journal, Learned, 2, clock=hybrid_time.now)
        turns, begun = {user: [] for user in "abc"}, []
        for n, (step, user) in enumerate(steps):
            if step in ("add", "long"):
                text = f"{n}{'!' * (PENDING if step == 'long' else 0)}"
                turns[user].append(text)
                dialogues.add(said(user, text))
            elif step == "of":
                assert (await dialogues.of(user)).turns == turns[user]
            elif step == "begin":
                begun.append(asyncio.create_task(dialogues.of(user)))
                await asyncio.sleep(0)
            else:
                await journal.flush()
        await asyncio.gather(*begun)
        for user, expected in turns.items():
            assert (await dialogues.of(user)).turns == expected
            latest = await dialogues.latest(user, 3)
            assert [turn["message"] for turn in latest] == expected[-3:]

    hybrid_time.run(main)


def test_of_a_long_talk_the_latest_turns_are_read():
    async def main():
        store = Store()
        journal = Journal(store, by="user")
        for n in range(READ + 50):
            journal.add(said("ada", str(n)))
            if n == READ:
                await journal.flush()  # some in the store, some still wait
        dialogues = Dialogues(store, journal, Learned, 2, clock=hybrid_time.now)
        return (await dialogues.of("ada")).turns

    assert hybrid_time.run(main).value == [str(n) for n in range(50, READ + 50)]


def test_a_user_who_could_not_be_read_is_read_again():
    async def main():
        store = Store()
        journal = Journal(store, by="user")
        dialogues = Dialogues(store, journal, Learned, 2, clock=hybrid_time.now)
        dialogues.add(said("ada", "hi"))
        retrieve, store.retrieve = store.retrieve, None
        with pytest.raises(TypeError):
            await dialogues.of("ada")
        dialogues.add(said("ada", "again"))
        store.retrieve = retrieve
        return (await dialogues.of("ada")).turns

    assert hybrid_time.run(main).value == ["hi", "again"]


def test_a_turn_that_is_just_being_written_is_not_seen_twice():
    async def main():
        store = Store()
        journal = Journal(store, by="user")
        dialogues = Dialogues(store, journal, Learned, 2, clock=hybrid_time.now)
        for text in ("one", "two"):
            dialogues.add(said("ada", text))
        store.put_many(journal.waiting("ada", 9))  # of which the journal knows nothing
        return (await dialogues.of("ada")).turns, len(journal)

    assert hybrid_time.run(main).value == (["one", "two"], 2)


def test_before_the_latest_turns_come_the_latest_of_those_that_matter():
    async def main():
        store = Store()
        journal = Journal(store, by="user")
        for n in range(READ + 300):
            matters = {MATTERS: "a"} if n % 3 == 0 else {}
            journal.add({**said("a", str(n)), **matters})
        await journal.flush()
        dialogues = Dialogues(store, journal, Learned, 2, clock=hybrid_time.now)
        return (await dialogues.of("a")).turns

    older = [str(n) for n in range(300) if n % 3 == 0][-FACTS:]
    latest = [str(n) for n in range(300, READ + 300)]
    assert hybrid_time.run(main).value == older + latest
