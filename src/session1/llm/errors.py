"""Errors of a model; every message says what to do next."""

from collections.abc import Mapping


class LLMError(RuntimeError):
    """A model could not answer."""


class NoText(LLMError):
    """A model ended its answer without a word; another may do better.

    It says more of the question than of the model, which is not left alone for it.
    """


class ModelMissing(LLMError):
    """The local model's file is not on this machine, or cannot be used."""


class ModelBroken(ModelMissing):
    """The local model's file is there but truncated or damaged."""


class NoModel(LLMError):
    """No model answered; `tried` says why, model by model."""

    def __init__(self, tried: Mapping[str, str]) -> None:
        self.tried = dict(tried)
        reasons = "; ".join(f"{name}: {why}" for name, why in tried.items())
        super().__init__(
            f"no model answered ({reasons}). Ask again later, raise the budget or "
            "lower the floor"
        )
