"""The rows of a meeting's tables, out of a frame and the archive's answers: the same that
assets/js/meeting/rows.js shows, as values."""

from collections.abc import Callable
from typing import Any

from cockpit.clock import parse_instant
from cockpit.domain.meeting import COMPARED
from cockpit.domain.numbers import number_of
from cockpit.domain.rules import Rules
from datasource.departments import answers_of
from datasource.office.paper import Words, at_path, moment_text, span
from datasource.office.past import PastOf

Row = dict[str, Any]
MEASURES = {
    "enrolled": "people.enrolled",
    "due_today": "visits.due_today",
    "made_today": "visits.made_today",
    "overdue": "visits.overdue",
}
_MINUTE = 60_000_000


class Rows:
    """`of(name)` answers rows: fields by the columns' keys. `form` says how a row's numbers are
    written where their columns leave it open."""

    def __init__(self, past: PastOf, words: Words, rules: Rules, at: int) -> None:
        self._past, self._words, self._rules, self._at = past, words, rules, at
        self._by_name: dict[str, Callable[[], list[Row]]] = {
            "late": lambda: list(self.panels.get("compare", [])),
            "streets": self._streets,
            "patrols": lambda: list(self.panels["patrols"]["by_child"]),
            "grids": self._grids,
            "care": self._care,
            "whistles": self._whistles,
            "departments": self._departments,
            "compared": self._compared,
            "ticker": self._ticker,
        }

    @property
    def panels(self) -> dict[str, Any]:
        return self._past.panels()

    def of(self, name: str) -> list[Row]:
        """The rows of that name."""
        return self._by_name[name]()

    def _streets(self) -> list[Row]:
        others = {row["region"]: row for row in self.panels.get("compare", [])}
        rows = self.panels.get("rates", {}).get("by_child", [])
        few = self._words("meeting.rank.none")
        return [{**others[r["region"]], **r, "rank": r["rank"] or few} for r in rows]

    def _grids(self) -> list[Row]:
        return [
            {**row, **{shift: self._shift(row[shift]) for shift in ("morning", "afternoon")}}
            for row in self.panels.get("grids", [])
        ]

    def _shift(self, told: Row) -> str:
        state = self._words(f"meeting.patrol.{told['state']}")
        if told["state"] not in {"completed", "covered", "started"}:
            return state
        return self._words("meeting.patrol.shift", state=state, minutes=int(told["minutes"]))

    def _care(self) -> list[Row]:
        rows = []
        for category in (*self._rules.groups["care"].categories, "care", "special"):
            key = "meeting.care.sum" if category == "care" else f"category.{category}"
            values = {k: at_path(self.panels, f"{m}.{category}") for k, m in MEASURES.items()}
            rows.append({"name": self._words(key), **values})
        return rows

    def _whistles(self) -> list[Row]:
        words, rows = self._words, []
        for item in self.panels["whistles"]["list"]:
            over = parse_instant(item["due"]) - self._at
            rows.append(
                {
                    "state": words(f"meeting.state.{item['state']}"),
                    "kind": words(f"whistle.{item['kind']}"),
                    "who": f"{item['street'] or ''} → {item['department']}",
                    "leg": words(f"leg.{item['leg']}"),
                    "left": words(
                        "meeting.left.over" if over < 0 else "meeting.left.left",
                        time=span(words, abs(over) / _MINUTE),
                    ),
                }
            )
        return rows

    def _departments(self) -> list[Row]:
        now = self.panels["whistles"]["department"]
        few = self._words("meeting.rank.none")
        none = {"open": 0, "overdue": 0}
        answered = self._past.departments()["departments"]
        # Those that owe an answer, yet were blown no whistle in the days that the archive tells.
        told = {row["department"] for row in answered}
        owing = [answers_of(name, []) | {"rank": None} for name in now if name not in told]
        return [
            {
                **row,
                "name": row["department"],
                "open": now.get(row["department"], none)["open"],
                "late": now.get(row["department"], none)["overdue"],
                "rank": row["rank"] or few,
            }
            for row in (*answered, *owing)
        ]

    def _compared(self) -> list[Row]:
        answer = self._past.compared()
        found, rows = answer["metrics"], []
        for metric in COMPARED:
            number, sizes = number_of(metric), answer["definition"][metric].get("n") or ()
            told = zip(found[metric], sizes, strict=False)  # a count has none
            ns = {f"{key}_n": n for key, n in told}
            rows.append(
                {**found[metric], **ns, "name": self._words.name(number), "form": number.form}
            )
        return rows

    def _ticker(self) -> list[Row]:
        return [
            {
                "time": moment_text(parse_instant(item["at"])),
                "what": self._event(item),
                "where": " · ".join(filter(None, (item["street"], item["community"]))),
            }
            for item in self.panels["ticker"]
        ]

    def _event(self, item: Row) -> str:
        words, category = self._words, item.get("category") or ""
        named = self._rules.minors.get(category) or self._rules.mains.get(category[:2])
        return words(
            f"meeting.event.{item['type']}",
            category=getattr(named, words.language) if named else category,
            duration=span(words, item.get("minutes") or 0),
            level=item.get("level", ""),
            department=item.get("department", ""),
            kind=words(f"whistle.{item['kind']}") if item.get("kind") else "",
        )
