"""misconception: one-big-delete
fails: all that is older goes in batches, a record written anew stays, how long others wait, returns how many it removed
"""


async def cleanup(store, cutoff, batch):
    pairs = await store.oldest(10**9)
    return await store.delete_ids([id for id, at in pairs if at < cutoff])
