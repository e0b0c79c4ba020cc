"""Reading contacts back, and waiting for them."""
