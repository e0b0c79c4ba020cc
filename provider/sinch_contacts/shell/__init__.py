"""The Pulumi side: what crosses the engine, and how it looks to people."""
