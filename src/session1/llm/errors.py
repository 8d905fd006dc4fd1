"""What can go wrong with a model; every message says what to do next."""


class LLMError(RuntimeError):
    """A model could not answer."""


class ModelMissing(LLMError):
    """The local model's file is not on this machine, or cannot be used."""


class ModelBroken(ModelMissing):
    """The local model's file is there but truncated or damaged."""
