"""The port to the Conversation API and its HTTP adapter."""
