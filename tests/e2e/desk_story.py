"""The case that goes its whole way while every screen that shows it is watched."""

import itertools

from tests.e2e.desks import COMMUNITY, DEPARTMENT, DISTRICT, STREET, Site
from tests.e2e.truth import Screen


class Story:
    """All screens that a case appears on: three walls, the desks of two at the street and of a
    department, and a meeting whose pages are turned while the case goes on."""

    PAGES = itertools.cycle("12345678")

    def __init__(self, site: Site) -> None:
        self.site = site
        self.clerk = site.desk("clerk", f"{STREET}/to_accept")
        self.director = site.desk("director", f"{STREET}/to_dispatch")
        self.department = site.desk("department", DISTRICT)
        self.meeting = site.page(site.sessions["operator"])
        self.meeting.goto(f"{site.url}/meeting/{DISTRICT}/today")
        self.screens = [
            *(
                Screen(f"wall {code}", site.wall(code).page)
                for code in (DISTRICT, STREET, COMMUNITY)
            ),
            Screen("clerk", self.clerk.page),
            Screen("director", self.director.page),
            Screen("department", self.department.page, DEPARTMENT),
            Screen("meeting", self.meeting),
        ]

    def held(self, event: str) -> None:
        """With this event every number on every screen is right, whatever page the meeting is
        at."""
        self.site.held(self.screens, event)
        self.meeting.keyboard.press(next(self.PAGES))

    def look_back(self) -> None:
        """What the archive counted up to the last half-hour, which has passed since the whistle
        that was over at the beginning came in."""
        for page, number in (("7", "departments."), ("4", "compare.")):
            self.meeting.keyboard.press(page)
            self.meeting.wait_for_selector(f'[data-metric^="{number}"][data-value]', timeout=90_000)
            self.site.held(self.screens)


def whistle(story: Story) -> None:
    """The street blows for the open case; the department signs, comes and settles it."""
    clerk, department = story.clerk, story.department
    assert department.count("to_accept") is None, "a department sees whistles only"
    item = clerk.ask("w").locator("select").first
    wanted = item.evaluate(
        "(each, name) => [...each.options].find((o) => o.text.includes(name)).value", DEPARTMENT
    )
    item.select_option(wanted)
    clerk.submit()
    clerk.wait_count("whistles_to_sign", 1)
    story.held("whistle.blown")
    for queue, key, event in (
        ("to_sign", "s", "whistle.signed"),
        ("to_arrive", "a", "whistle.arrived"),
        ("to_finish", "u", "whistle.resolved"),
    ):
        department.go(f"whistles_{queue}")
        department.wait_row("w-")
        department.press("j", key)
        department.wait_count(f"whistles_{queue}", 0)
        story.held(event)
    clerk.go("whistles_to_confirm")
    clerk.wait_row("w-")
    clerk.press("j", "c")
    clerk.wait_count("whistles_to_confirm", 0)
    story.held("whistle.confirmed")
    clerk.page.go_back()  # to the case
