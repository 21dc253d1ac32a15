"""Whatever an answer to a command can name has a word on the desk, in both languages."""

import pytest

from cockpit.domain.access import Right
from cockpit.domain.commands import STATES, TOP
from cockpit.domain.event_types import EVENT_TYPES
from layouts.i18n import LANGUAGES, table

# How the scripts name the states of each kind (assets/js/desk/words.js).
PREFIXES = {"case": "stage", "whistle": "leg", "alert": "desk.state"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_rights_states_levels_and_events_have_words(language: str) -> None:
    texts = table(language)
    named = {f"desk.right.{right}" for right in Right}
    named |= {f"{prefix}.{state}" for kind, prefix in PREFIXES.items() for state in STATES[kind]}
    named |= {f"command.{name}" for name in EVENT_TYPES}
    for name, top in TOP.items():
        named |= {f"desk.step.{name.partition('.')[0]}.{level}" for level in range(1, top + 1)}
    assert named <= texts.keys()
