"""The life of a case from the report to the follow-up call (rules.md, who handles)."""

from random import Random
from typing import NamedTuple

from cockpit.clock import HOUR, MINUTE
from cockpit.domain.rules import Rules
from datasource.simulator.catalogue import STREET_UNITS, Kind, Street
from datasource.simulator.dice import minutes
from datasource.simulator.hours import at_desk, by_day, due_of
from datasource.simulator.messages import DESK, OF_CHANNEL, TERMINAL, Life, Made, stamp
from datasource.simulator.whistles import KINDS, Whistles


class Birth(NamedTuple):
    """What is drawn before a case lives: `route` is how it will be handled, `whistled` the
    kind of whistle, `street` the code of its street."""

    time: int
    number: str
    region: str
    street: str
    community: str
    kind: Kind
    grade: str
    channel: str
    route: str
    point: tuple[float, float] | None
    whistled: str | None = None


class CaseLives:
    """Draws whole lives of cases, the whistles blown for them included."""

    def __init__(self, rules: Rules, whistles: Whistles) -> None:
        self._rules, self._whistles = rules, whistles

    def live(self, rng: Random, birth: Birth, manners: Street) -> list[Made]:
        """All events of one case."""
        life = Life(f"case/{birth.number}", birth.number, birth.region)
        source = OF_CHANNEL[birth.channel]
        place = f',"lon":{birth.point[0]:.6f},"lat":{birth.point[1]:.6f}' if birth.point else ""
        life.add(
            birth.time, source, "case.reported",
            f'{{"category":"{birth.kind.code}","grade":"{birth.grade}",'
            f'"channel":"{birth.channel}"{place}}}',
        )  # fmt: skip
        if birth.route == "self":
            self._settled_alone(rng, life, birth.time)
            return life.rows
        time = self._taken_in(rng, life, birth)
        if time is None:
            return life.rows
        if birth.route == "department":
            extra, closed = self._whistled(rng, life, birth, time, manners)
        else:
            extra, closed = [], self._handled(rng, life, birth, time, manners)
        if birth.channel != "patrol" and closed:
            self._followed_up(rng, life, closed, manners)
        return life.rows + extra

    def _settled_alone(self, rng: Random, life: Life, time: int) -> None:
        handled = time + minutes(rng, 2, 6 + 40 * rng.random() ** 3)
        life.add(handled, TERMINAL, "case.handled")
        life.add(handled + minutes(rng, 0.3, 5), TERMINAL, "case.closed")

    def _taken_in(self, rng: Random, life: Life, birth: Birth) -> int | None:
        """受理, 立案 up to just before 派遣; None when it ends here."""
        urgent = birth.grade == "urgent"
        wait = minutes(rng, 1, 12) if urgent else minutes(rng, 4, 20 + 110 * rng.random() ** 2)
        time = birth.time + wait
        time = time if urgent else at_desk(time, rng)
        if birth.channel != "patrol" and rng.random() < 0.03:
            life.add(time, DESK, "case.declined", '{"reason":"不属受理范围"}')
            return None
        life.add(time, DESK, "case.accepted")
        if rng.random() < 0.006:
            life.add(time + minutes(rng, 3, 60), DESK, "case.cancelled", '{"reason":"重复上报"}')
            return None
        time += minutes(rng, 1, 5 if urgent else 24)
        life.add(time, DESK, "case.filed")
        return time + minutes(rng, 1, 5 if urgent else 18)

    def _dispatch(
        self, rng: Random, life: Life, birth: Birth, time: int, due: int | None
    ) -> None:  # fmt: skip
        unit = {
            "community": birth.community,
            "street": STREET_UNITS[rng.randrange(len(STREET_UNITS))],
            "department": birth.kind.department,
        }[birth.route]
        limit = f',"due":"{stamp(due)}"' if due else ""
        life.add(
            time, DESK, "case.dispatched", f'{{"level":"{birth.route}","unit":"{unit}"{limit}}}'
        )

    def _handled(
        self, rng: Random, life: Life, birth: Birth, time: int, manners: Street
    ) -> int:  # fmt: skip
        """Community or street: 派遣 to 结案; answers when it was closed."""
        self._dispatch(rng, life, birth, time, None)
        if rng.random() < 0.025:
            time += minutes(rng, 15, 100)
            life.add(time, DESK, "case.returned", '{"reason":"责任单位有误"}')
            time = at_desk(time + minutes(rng, 8, 60), rng)
            self._dispatch(rng, life, birth, time, None)
        limit = self._rules.case_limit(birth.kind.code, birth.grade)
        due = due_of(limit, time, self._rules.calendar)
        late = rng.random() < 0.05 * manners.delay
        if late and rng.random() < 0.35:
            asked = time + int((due - time) * (0.75 + 0.2 * rng.random())) // 1000 * 1000
            due = max(due, asked) + minutes(rng, 180, 2400)
            late = False
            life.add(asked, DESK, "case.extended", f'{{"due":"{stamp(due)}"}}')
            return self._worked(rng, life, time, asked + MINUTE, due - MINUTE)
        if not late and rng.random() < 0.009:
            return self._shelved(rng, life, time, due)
        if late:
            return self._overdue(rng, life, time, due)
        tight = rng.random() < 0.09
        share = 0.66 + 0.32 * rng.random() if tight else 0.03 + 0.72 * rng.betavariate(1.1, 4.2)
        closed = by_day(time + int((due - time) * share) // 1000 * 1000, time + 10 * MINUTE, rng)
        if closed - time > (due - time) * 0.72:
            reminded = time + int((due - time) * 0.69) // 1000 * 1000
            life.add(reminded, DESK, "case.supervised", '{"level":1}')
        return self._worked(rng, life, time, time, closed)

    def _overdue(self, rng: Random, life: Life, time: int, due: int) -> int:
        closed = due + minutes(rng, 20, 300 + 2400 * rng.random() ** 2)
        closed = by_day(closed, due + 16 * MINUTE, rng)
        life.add(due + minutes(rng, 1, 15), DESK, "case.supervised", '{"level":2}')
        twice = due + (due - time) + MINUTE
        if twice < closed:
            life.add(twice, DESK, "case.supervised", '{"level":3}')
        return self._worked(rng, life, time, time, closed)

    def _shelved(self, rng: Random, life: Life, time: int, due: int) -> int:
        """挂账 for one to three days, then the rest of the limit."""
        begun = time + int((due - time) * 0.1 * rng.random()) // 1000 * 1000
        life.add(begun, DESK, "case.handling")
        shelved = begun + minutes(rng, 5, 30)
        life.add(shelved, DESK, "case.suspended", '{"reason":"等待配件或天气条件"}')
        resumed = at_desk(shelved + minutes(rng, 700, 4000), rng)
        life.add(resumed, DESK, "case.resumed")
        return self._worked(rng, life, resumed, resumed, resumed + (due - time) // 3)

    def _worked(self, rng: Random, life: Life, start: int, after: int, closed: int) -> int:
        """处置, 处置完成, 核查, 结案 between `after` and `closed`, 返工 now and then."""
        begun = start + int((closed - start) * (0.03 + 0.15 * rng.random())) // 1000 * 1000
        life.add(begun, DESK, "case.handling")
        room = closed - max(begun, after)
        done = closed - min(int(room * (0.05 + 0.15 * rng.random())), 4 * HOUR) // 1000 * 1000
        if rng.random() < 0.032:
            first = closed - int(room * 0.5) // 1000 * 1000
            life.add(first - (closed - done) // 2000 * 1000, DESK, "case.handled")
            life.add(first, DESK, "case.verified", '{"passed":false}')
        life.add(done, DESK, "case.handled")
        checked = done + int((closed - done) * (0.5 + 0.4 * rng.random())) // 1000 * 1000
        life.add(checked, TERMINAL, "case.verified", '{"passed":true}')
        life.add(closed, DESK, "case.closed")
        return closed

    def _whistled(
        self, rng: Random, life: Life, birth: Birth, time: int, manners: Street
    ) -> tuple[list[Made], int]:  # fmt: skip
        """The street blows the whistle; the case ends after the department is done."""
        kind = birth.whistled or KINDS.draw(rng)
        blown = time + minutes(rng, 1, 12)
        due = self._whistles.limit_end(kind, blown) + 6 * HOUR
        self._dispatch(rng, life, birth, time, due)
        number = "W" + birth.number[1:]
        whistle = Life(f"whistle/{number}", number, birth.street)
        resolved, ended = self._whistles.live(
            rng, whistle, blown, kind, birth.kind.department, birth.kind.code, birth.number,
            manners.delay,
        )  # fmt: skip
        life.add(blown + (resolved - blown) // 8000 * 1000, DESK, "case.handling")
        life.add(resolved + 1000, DESK, "case.handled")
        life.add(ended + MINUTE, TERMINAL, "case.verified", '{"passed":true}')
        closed = ended + minutes(rng, 2, 30)
        life.add(closed, DESK, "case.closed")
        return whistle.rows, closed

    def _followed_up(self, rng: Random, life: Life, closed: int, manners: Street) -> None:
        if rng.random() > 0.95:
            return
        time = at_desk(closed + minutes(rng, 60, 1500), rng)
        responded = rng.random() < manners.responded
        resolved = responded and rng.random() < manners.resolved / manners.responded
        mood = rng.random()
        content = manners.content if resolved else 0.55
        word = "satisfied" if mood < content * 0.8 else "basically"
        answer = f'"{word}"' if mood < content else '"unsatisfied"'
        if rng.random() < 0.12:
            answer = "null"
        life.add(
            time, DESK, "case.followed_up",
            f'{{"responded":{str(responded).lower()},"resolved":{str(resolved).lower()},'
            f'"satisfaction":{answer}}}',
        )  # fmt: skip
