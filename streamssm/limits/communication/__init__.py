"""Forward communication: a stream cut among parties that run a model by sending block maps."""
