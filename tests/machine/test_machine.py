"""Nothing lost, nothing doubled: random lives of a set under random faults.

`make test` lives 300 lives, always the same ones, so that it says the same of the same code; `make test-long` lives
20,000 that nobody has seen before.
"""

import os

from hypothesis import HealthCheck, settings

from machine.machine import ContactSetMachine

LIVES = int(os.environ.get("SINCH_TEST_LIVES", "300"))

TestLives = ContactSetMachine.TestCase
TestLives.settings = settings(
    max_examples=LIVES,
    stateful_step_count=30,
    derandomize="SINCH_TEST_LIVES" not in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
