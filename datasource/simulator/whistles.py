"""The life of a whistle: blown by a street, signed, arrived, resolved, confirmed; with the
departments that refuse, come late, ask for more time."""

from random import Random

from cockpit.clock import MINUTE
from cockpit.domain.rules import Rules
from datasource.simulator.catalogue import SECOND_DEPARTMENTS
from datasource.simulator.dice import Weighted, minutes
from datasource.simulator.hours import by_day, due_of
from datasource.simulator.messages import DEPARTMENTS, DESK, Life, stamp

KINDS: Weighted[str] = Weighted([("emergency", 0.34), ("routine", 0.54), ("tough", 0.12)])
# Minutes over the limit when a leg is late, by kind and leg.
_LATE = {
    ("emergency", "sign"): (4, 90), ("emergency", "arrive"): (8, 240),
    ("emergency", "finish"): (30, 1100), ("routine", "sign"): (10, 600),
    ("routine", "arrive"): (40, 1800), ("routine", "finish"): (200, 6000),
    ("tough", "sign"): (10, 500), ("tough", "arrive"): (60, 900),
    ("tough", "finish"): (120, 3600),
}  # fmt: skip
# Share of the limit that a leg in time takes.
_SHARE = {
    ("emergency", "sign"): (0.1, 0.9), ("emergency", "arrive"): (0.2, 0.95),
    ("emergency", "finish"): (0.03, 0.3), ("routine", "sign"): (0.05, 0.9),
    ("routine", "arrive"): (0.01, 0.12), ("routine", "finish"): (0.006, 0.06),
    ("tough", "sign"): (0.1, 0.9), ("tough", "arrive"): (0.02, 0.2),
    ("tough", "finish"): (0.04, 0.2),
}  # fmt: skip
# A late finish keeps a whistle open for more than its whole limit, so few may be: else they would
# be most of what is open.
_LATE_SHARE = {
    ("emergency", "sign"): 0.2, ("emergency", "arrive"): 0.07, ("emergency", "finish"): 0.12,
    ("routine", "sign"): 0.24, ("routine", "arrive"): 0.065, ("routine", "finish"): 0.025,
    ("tough", "sign"): 0.24, ("tough", "arrive"): 0.06, ("tough", "finish"): 0.025,
}  # fmt: skip


class Whistles:
    """Draws whole lives of whistles."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def limit_end(self, kind: str, start: int) -> int:
        """When the last leg would end if each took its whole limit."""
        for leg in ("sign", "arrive", "finish"):
            start = due_of(self._rules.whistle_limit(kind, leg), start, self._rules.calendar)
        return start

    def live(
        self, rng: Random, life: Life, time: int, kind: str, department: str, category: str,
        case: str | None, delay: float,
    ) -> tuple[int, int]:  # fmt: skip
        """Add a whole life from the blow at `time`; answers when it was resolved and ended.

        `delay` is the street's factor of being late; `case` links the whistle to a case.
        """
        link = f',"case":"{case}"' if case else ""
        life.add(
            time, DESK, "whistle.blown",
            f'{{"kind":"{kind}","department":"{department}","category":"{category}"{link}}}',
        )  # fmt: skip
        if rng.random() < 0.02:
            end = time + minutes(rng, 15, 240)
            life.add(end, DESK, "whistle.withdrawn", '{"reason":"现场已自行处置"}')
            return end, end
        if rng.random() < 0.035:
            time = self._reassigned(rng, life, time, department)
        signed = self._leg(rng, life, time, kind, "sign", delay)
        life.add(signed, DEPARTMENTS, "whistle.signed")
        arrived = self._leg(rng, life, signed, kind, "arrive", delay)
        life.add(arrived, DEPARTMENTS, "whistle.arrived")
        resolved = self._leg(rng, life, arrived, kind, "finish", delay)
        life.add(resolved, DEPARTMENTS, "whistle.resolved")
        return resolved, self._closing(rng, life, resolved)

    def _reassigned(self, rng: Random, life: Life, time: int, department: str) -> int:
        refused = time + minutes(rng, 3, 40)
        life.add(refused, DEPARTMENTS, "whistle.refused", '{"reason":"不属本部门职责"}')
        others = [name for name in SECOND_DEPARTMENTS if name != department]
        again = refused + minutes(rng, 10, 80)
        life.add(again, DESK, "whistle.reassigned", f'{{"department":"{rng.choice(others)}"}}')
        return again

    def _leg(
        self, rng: Random, life: Life, start: int, kind: str, leg: str, delay: float
    ) -> int:  # fmt: skip
        """When this leg ends; late ones are escalated, some long ones extended."""
        due = due_of(self._rules.whistle_limit(kind, leg), start, self._rules.calendar)
        if rng.random() >= _LATE_SHARE[kind, leg] * delay:
            low, high = _SHARE[kind, leg]
            end = start + int((due - start) * (low + (high - low) * rng.random())) // 1000 * 1000
            return by_day(end, start + MINUTE, rng) if kind != "emergency" else end
        if leg == "finish" and kind != "emergency" and rng.random() < 0.4:
            asked = start + int((due - start) * (0.7 + 0.25 * rng.random())) // 1000 * 1000
            due += minutes(rng, 1440, 4320)
            life.add(asked, DESK, "whistle.extended", f'{{"due":"{stamp(due)}"}}')
            return max(asked + MINUTE, due - minutes(rng, 60, 900))
        end = due + minutes(rng, *_LATE[kind, leg])
        level = {"sign": 1, "arrive": 2, "finish": 2}[leg]
        told = due + minutes(rng, 2, 20)
        if told < end:
            life.add(told, DESK, "whistle.escalated", f'{{"level":{level}}}')
        return end

    def _closing(self, rng: Random, life: Life, resolved: int) -> int:
        ended = resolved + minutes(rng, 8, 200)
        ended = by_day(ended, resolved, rng)
        life.add(ended, DESK, "whistle.confirmed")
        if rng.random() < 0.75:
            score = 5 - (rng.random() < 0.35) - (rng.random() < 0.08)
            rated = ended + minutes(rng, 2, 90)
            life.add(rated, DESK, "whistle.rated", f'{{"by":"street","score":{score}}}')
        if rng.random() < 0.2:
            rated = ended + minutes(rng, 60, 300)
            life.add(rated, DEPARTMENTS, "whistle.rated", '{"by":"department","score":4}')
        return ended
