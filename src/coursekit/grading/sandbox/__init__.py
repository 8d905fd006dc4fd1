"""The box: a learner's kernel with no network, no files of others, and limits."""
