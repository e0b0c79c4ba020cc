"""Nothing lost, nothing doubled: random lives of a set under random faults.

`make test` lives 300 lives, always the same ones, so that it says the same of the same code; `make test-long` lives
20,000 that nobody has seen before.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

from machine.coverage import report, unmet
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


def test_the_lives_have_met_every_rule_of_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nrules met in {LIVES:,} lives:\n{report()}")  # noqa: T201  # what the lives were good for
    assert unmet() == []
