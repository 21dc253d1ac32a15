"""`make pictures`: the screenshots of docs/screenshots, taken of the running program.

Starts the simulated district on a busy afternoon, waits until its past is folded, and takes each
wall at each size, a replay, a trend and the status page. The pictures are of real screens only;
nothing is touched up.
"""

import os
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.conftest import FLAGS, Wall
from tests.pictures_desk import take_desks
from tests.pictures_manage import take_manage
from tests.pictures_meeting import take_alarms, take_meetings
from tests.program import ROOT, Program, get_json
from tests.support import wait_for

FOLDER = ROOT / "docs" / "screenshots"
WALLS = {"district": "120110", "street": "120110008", "community": "120110001005"}
REPLAY = "?at=2026-11-20T10:00:00%2B08:00"
SIZES = ((1920, 1080), (3840, 1080), (1280, 1024))
CLOCK = "2026-11-23T15:10:00+08:00"


def main() -> None:
    """Take them all; English once, of the district."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        program = Program(Path(folder), clock=CLOCK)
        # Fields of date and time speak the browser's language (Debian's chromium-l10n has it).
        chinese: dict[str, str | float | bool] = {
            **os.environ,
            "LANG": "zh_CN.UTF-8",
            "LANGUAGE": "zh_CN",
        }
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=list(FLAGS), env=chinese
        )
        try:
            program.wait_ready()
            wait_for(lambda: "Up to the clock" in program.errors, 180, pause=0.5)
            wait_for(lambda: _archived(program), 300, pause=0.5)
            shots = [(name, code, size, "") for name, code in WALLS.items() for size in SIZES] + [
                ("district-en", WALLS["district"], SIZES[0], "?lang=en"),
                ("district-replay", WALLS["district"], SIZES[0], REPLAY),
                ("street-trend", WALLS["street"], SIZES[0], "?trend=30"),
            ]
            for name, code, (width, height), query in shots:
                page = browser.new_page(viewport={"width": width, "height": height})
                state = "replay" if "at=" in query else "live"
                wall = Wall(page, program.base_url, code, query).wait_live(state)
                # Attached, not visible: a small screen leaves some panels out.
                page.wait_for_selector(".leaflet-interactive", state="attached")
                page.wait_for_selector(".js-plotly-plot .main-svg", state="attached")
                page.wait_for_timeout(2500)  # the chart is drawn once a second
                path = FOLDER / f"{name}-{width}x{height}.png"
                page.screenshot(path=path)
                page.close()
                print(path.relative_to(ROOT), *wall.faults)
            screens = [browser.new_page() for _ in WALLS]
            for screen, code in zip(screens, WALLS.values(), strict=True):
                Wall(screen, program.base_url, code).wait_live()
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{program.base_url}/status")
            page.wait_for_timeout(5000)
            page.screenshot(path=FOLDER / "status-1440x900.png")
            for each in (page, *screens):
                each.close()
            take_manage(browser, program.base_url, FOLDER)
            take_desks(browser, program.base_url, FOLDER)
            take_meetings(browser, program.base_url, FOLDER)
            take_alarms(browser, program, FOLDER)
        finally:
            browser.close()
            program.stop()


def _archived(program: Program) -> bool:
    status = get_json(f"{program.base_url}/api/v1/status")[1]
    archive = [each for each in status["processes"] if each["role"] == "archive"]
    return bool(archive) and archive[0]["figures"].get("lag_entries") == 0


if __name__ == "__main__":
    main()
