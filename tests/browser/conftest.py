"""A real browser without a screen, and a folder for what it saw."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

ROOT = Path(__file__).parents[2]
ARGUMENTS = """
    --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --disable-extensions --hide-scrollbars
""".split()


def program(*names: str) -> str:
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.fail(f"There is no {names[0]} on PATH. Run: apt-get install chromium chromium-driver", pytrace=False)
    return found


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = program("chromium", "chromium-browser", "google-chrome")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    for argument in (*ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(argument)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SE_OFFLINE", "true")
        driver = webdriver.Chrome(options, Service(program("chromedriver")))
    driver.get("about:blank")
    yield driver
    driver.quit()


@pytest.fixture
def keep(browser: webdriver.Chrome, tmp_path: Path) -> Callable[[str], None]:
    """Keeps a picture of the page in the test's folder, and a copy in SINCH_TEST_ARTEFACTS."""

    def kept(name: str) -> None:
        picture = tmp_path / f"{name}.png"
        assert browser.save_screenshot(str(picture))
        folder = Path(os.environ.get("SINCH_TEST_ARTEFACTS") or ROOT / "test-artefacts")
        folder.mkdir(exist_ok=True, parents=True)
        shutil.copy(picture, folder)

    return kept
