"""Finding or getting a Pulumi CLI with its Python plugins."""
