"""Forward communication protocol: parties hold blocks of a stream and run a model by sending block maps."""
