"""What each number means, in words: for screens (hover, legend), papers and docs/numbers.md.

docs/metrics.md settles how a number is counted; this says it in a sentence, to whoever asks in a
meeting. A number is named as in the frame (`cases.overdue`); those of the archive's answers that
no frame holds begin with `departments.`, `handling.` or `period.`.
"""

from cockpit.domain.numbers.care import CARE
from cockpit.domain.numbers.cases import CASES
from cockpit.domain.numbers.history import DEPARTMENTS, PERIOD
from cockpit.domain.numbers.number import Form, Number
from cockpit.domain.numbers.patrols import PATROLS
from cockpit.domain.numbers.whistles import WHISTLES

__all__ = ["NUMBERS", "Form", "Number", "number_of"]

NUMBERS: dict[str, Number] = CASES | WHISTLES | PATROLS | CARE | DEPARTMENTS | PERIOD
_GROUPED = ("people.enrolled.", "visits.due_today.", "visits.made_today.", "visits.overdue.")


def number_of(metric: str) -> Number:
    """The meaning of a metric; that of a group of people is that of all. Raises KeyError when
    there is none."""
    return NUMBERS[metric.rpartition(".")[0] if metric.startswith(_GROUPED) else metric]
