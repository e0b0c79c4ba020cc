"""Getting a Pulumi engine."""
