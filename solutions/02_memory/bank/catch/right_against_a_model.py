"""Compares with a packer written by brute force, on many inputs."""

import itertools


def check_pack(pack):
    def best(texts, budget, sep):
        chosen = []
        for text in texts:
            if len(sep.join([*chosen, text])) <= budget:
                chosen.append(text)
        return sep.join(chosen)

    for sizes in itertools.product([1, 3, 6], repeat=3):
        texts = ["x" * n for n in sizes]
        for budget in range(0, 16):
            for sep in ["\n", " -- "]:
                assert pack(texts, budget, sep) == best(texts, budget, sep)
