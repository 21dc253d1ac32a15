"""`make pictures`: the screenshots of docs/screenshots, taken of the running program.

Starts the simulated district on a busy afternoon, waits until its past is folded, and takes each
wall at each size. The pictures are of real screens only; nothing is touched up.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.conftest import FLAGS, Wall
from tests.program import ROOT, Program
from tests.support import wait_for

FOLDER = ROOT / "docs" / "screenshots"
WALLS = {"district": "120110", "street": "120110008", "community": "120110001005"}
SIZES = ((1920, 1080), (3840, 1080), (1280, 1024))
CLOCK = "2026-11-23T15:10:00+08:00"


def main() -> None:
    """Take them all; English once, of the district."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        program = Program(Path(folder), clock=CLOCK)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        try:
            program.wait_ready()
            wait_for(lambda: "Up to the clock" in program.errors, 180, pause=0.5)
            shots = [(name, code, size, "") for name, code in WALLS.items() for size in SIZES] + [
                ("district-en", WALLS["district"], SIZES[0], "?lang=en")
            ]
            for name, code, (width, height), query in shots:
                page = browser.new_page(viewport={"width": width, "height": height})
                wall = Wall(page, program.base_url, code, query).wait_live()
                # Attached, not visible: a small screen leaves some panels out.
                page.wait_for_selector(".leaflet-interactive", state="attached")
                page.wait_for_selector(".js-plotly-plot .main-svg", state="attached")
                page.wait_for_timeout(2500)  # the chart is drawn once a second
                path = FOLDER / f"{name}-{width}x{height}.png"
                page.screenshot(path=path)
                page.close()
                print(path.relative_to(ROOT), *wall.faults)
        finally:
            browser.close()
            program.stop()


if __name__ == "__main__":
    main()
