"""Track the cost of calls by model, within a budget reserved before each call."""

from dataclasses import asdict, dataclass
from typing import Any

from session1.limits import number
from session1.llm.client import Reply
from session1.llm.models import Model


@dataclass(slots=True)
class Account:
    """The usage of one model, in tokens and dollars."""

    calls: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    dollars: float = 0.0


class Ledger:
    """Dollars spent and set aside; together they never exceed `budget`.

    Calls run at once, so a call's largest cost is set aside first and what it really
    took is booked at its end. (An answer may cost more than was set aside for it by
    what the model's chat template adds beyond the estimate.)
    """

    def __init__(self, budget: float = float("inf")) -> None:
        if not number("budget", budget) >= 0:
            raise ValueError(f"budget is {budget}; give 0 or more dollars")
        self.budget = budget
        self.accounts: dict[str, Account] = {}
        self._aside = 0.0

    @property
    def spent(self) -> float:
        """Dollars booked."""
        return sum(account.dollars for account in self.accounts.values())

    @property
    def left(self) -> float:
        """Dollars neither spent nor set aside."""
        return self.budget - self.spent - self._aside

    def set_aside(self, dollars: float) -> bool:
        """Hold `dollars` for a call; False, and nothing held, if they are not left."""
        if dollars > self.left:
            return False
        self._aside += dollars
        return True

    def release(self, dollars: float) -> None:
        """Release what was set aside: the call was not made."""
        self._aside = max(self._aside - dollars, 0.0)

    def book(self, model: Model, aside: float, reply: Reply) -> None:
        """Book a call that ended with `reply`."""
        account = self._account(model, aside)
        account.calls += 1
        account.prompt_tokens += reply.prompt_tokens
        account.cached_tokens += reply.cached_tokens
        account.completion_tokens += reply.completion_tokens
        account.dollars += model.cost_of(reply)

    def book_broken(self, model: Model, aside: float, read: int, written: int) -> None:
        """Book a call that failed or was given up after `written` tokens.

        A provider that never began to answer charges nothing; one that did charges
        for what was read and written until then.
        """
        account = self._account(model, aside)
        account.failed += 1
        if written:
            account.prompt_tokens += read
            account.completion_tokens += written
            account.dollars += model.cost(read, written)

    def figures(self) -> dict[str, Any]:
        """Totals, and the account of each model."""
        return {
            "dollars": self.spent,
            "budget": self.budget,
            "models": {name: asdict(a) for name, a in self.accounts.items()},
        }

    def _account(self, model: Model, aside: float) -> Account:
        self.release(aside)
        return self.accounts.setdefault(model.name, Account())
