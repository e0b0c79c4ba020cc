"""Nothing lost, nothing doubled: random lives of a set under random faults."""

from hypothesis import settings

from machine.machine import ContactSetMachine

TestLives = ContactSetMachine.TestCase
TestLives.settings = settings(max_examples=300, stateful_step_count=30)
