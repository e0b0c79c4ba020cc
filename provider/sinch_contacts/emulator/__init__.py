"""A stand-in for Sinch, written from the facts of its API; it shares no code with the client."""
