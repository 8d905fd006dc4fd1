"""Grade a learner's code from another process, over one channel."""
