"""Limits of the API that plans, costs and calls rest on."""

from typing import Final

BATCH_SIZE: Final = 1_000
"""Contacts that one batch call may carry (Batch API, "up to 1000")."""

PAGE_SIZE: Final = 20
"""Contacts that one list call may return (list call, maximum of `page_size`)."""
