"""What an agent remembers: bounded stores and the context they give a model."""
