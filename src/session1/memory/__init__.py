"""Memory of agents: bounded stores and the context they give a model."""
