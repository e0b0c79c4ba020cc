"""Choices: whoever has one asks the oracle, and every sequence of answers is tried in turn."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Result = TypeVar("Result")


class Oracle:
    """Answers questions: first as it is told to, then always with the first option, the ordinary one.

    Attributes:
        words: What was chosen beside the ordinary, in words.
        taken: Each choice that there was, as the number of the option taken and how many there were.
    """

    def __init__(self, told: Sequence[int] = (), budget: int = 0) -> None:
        """Prepares the answers.

        Args:
            told: The first answers.
            budget: How often something else than the ordinary may be chosen.
        """
        self.words: list[str] = []
        self.taken: list[tuple[int, int]] = []
        self._told = told
        self._budget = budget

    def choose(self, options: Sequence[str], *, free: bool = False) -> str:
        """Chooses one of some options.

        Args:
            options: What may happen, in words; the ordinary comes first, and is not told.
            free: Whether any of them may be chosen without using up the budget.
        """
        if len(options) == 1 or not (free or self._budget):
            return options[0]
        place = len(self.taken)
        chosen = self._told[place] if place < len(self._told) else 0
        self.taken.append((chosen, len(options)))
        if chosen:
            self._budget -= not free
            self.words.append(options[chosen])
        return options[chosen]


def every_course(live: Callable[[Oracle], Result], budget: int) -> Iterator[Result]:
    """Lives something again and again, until every sequence of choices was made once.

    Args:
        live: What is lived; it must come to the same where the same is chosen.
        budget: How often in one course something else than the ordinary may be chosen.
    """
    told: list[int] = []
    while True:
        oracle = Oracle(told, budget)
        yield live(oracle)
        while oracle.taken and oracle.taken[-1][0] + 1 == oracle.taken[-1][1]:
            oracle.taken.pop()
        if not oracle.taken:
            return
        told = [chosen for chosen, _ in oracle.taken]
        told[-1] += 1
