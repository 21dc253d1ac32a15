"""What a family of questions is made of."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct


class Handlers:
    """Implements `datasource.desk.worker.Family` by a table: who answers which question."""

    def __init__(self, handlers: Mapping[type[Struct], Callable[[Any], object]]) -> None:
        self._handlers = handlers
        self.questions = tuple(handlers)

    def answer(self, question: Struct) -> object:
        return self._handlers[type(question)](question)

    def rest(self) -> None:
        """Nothing to do meanwhile."""
