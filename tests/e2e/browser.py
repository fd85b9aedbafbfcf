"""The system's Chromium, and a page that remembers everything that must not happen on it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    WebSocket,
    sync_playwright,
)

from tests.e2e.portal import RESULTS
from tests.plugins.needs import find

WIDTHS: dict[str, ViewportSize] = {
    "desktop": {"width": 1280, "height": 900},
    "phone": {"width": 360, "height": 740},
}
# Nothing of the browser's own may knock at the network and be taken for ours.
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
    "--no-first-run",
]
LOCAL = {"127.0.0.1", "localhost"}
# The rules of WCAG 2.2 AA, and what everybody agrees is good practice.
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what passed is not told node by node
}
COUNT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event => {
  console.error(`CSP violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""


@contextmanager
def running_browser() -> Iterator[Browser]:
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find("chromium"), args=[*FLAGS, *as_root])
        yield browser
        browser.close()


class Screen:
    """A page at one width. `faults` collects console errors, CSP reports, crashes, 5xx answers and outside requests."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.faults: list[str] = []
        self.allowed: list[re.Pattern[str]] = []
        self.context = context
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._fault(f"script error: {error}"))
        self.page.on("websocket", self._socket)
        self.page.on("request", self._request)
        self.page.on("response", lambda answer: self._answer(answer.status, answer.url))

    def _fault(self, text: str) -> None:
        if not any(pattern.search(text) for pattern in self.allowed):
            self.faults.append(f"{urlsplit(self.page.url).path}: {text}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._fault(f"console: {message.text} {message.location.get('url', '')}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and parts.hostname not in LOCAL:
            self._fault(f"request to another machine: {request.url}")

    def _socket(self, socket: WebSocket) -> None:
        if urlsplit(socket.url).hostname not in LOCAL:
            self._fault(f"websocket to another machine: {socket.url}")

    def _answer(self, status: int, url: str) -> None:
        if status >= 500:
            self._fault(f"{status} from {url}")

    def allow(self, pattern: str) -> None:
        """Expect faults that match: a 404 page is one console error by the browser's own hand."""
        self.allowed.append(re.compile(pattern))

    def open(self, path: str) -> int:
        """Go there, wait until the page is whole, and return the answer's status."""
        answer = self.page.goto(f"{self.address}{path}", wait_until="load")
        return answer.status if answer else 0

    @contextmanager
    def in_english(self) -> Iterator[None]:
        """From the page that is open, by the switch in the bar. Afterwards the person reads Indonesian again, as all do."""
        self.choose_language("en")
        try:
            yield
        finally:
            self.open("/")
            self.choose_language("id")

    def choose_language(self, language: str) -> None:
        """By the switch in the bar, as a person does it."""
        self.page.locator(f"button[name=language][value={language}]").first.evaluate(
            "button => button.click()"
        )
        self.page.wait_for_function("language => document.documentElement.lang === language", arg=language)

    def assert_faultless(self) -> None:
        faults, self.faults = self.faults, []
        assert not faults, "\n".join(faults)

    def assert_no_sideways_scroll(self) -> None:
        wide = self.page.evaluate(WIDEST)
        assert wide["scroll"] <= wide["client"], (
            f"{self.page.url} is {wide['scroll']} wide in {wide['client']}: {wide['by']}"
        )

    def assert_accessible(self) -> None:
        """axe finds nothing serious or critical."""
        found = Axe().run(self.page, options=AXE_OPTIONS).response["violations"]
        bad = [violation for violation in found if violation["impact"] in {"serious", "critical"}]
        assert not bad, "\n".join(described(violation) for violation in bad)

    def screenshot(self, name: str) -> None:
        RESULTS.mkdir(exist_ok=True)
        self.page.screenshot(
            path=RESULTS / f"{re.sub(r'[^a-z0-9-]+', '-', name.lower())}.png", full_page=True
        )


# Which element pushes the page wider than the screen is what one wants to know.
WIDEST = """() => {
  const root = document.documentElement;
  const by = [...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > root.clientWidth + 1)
    .slice(0, 4).map(e => e.tagName.toLowerCase() + "." + [...e.classList].join("."));
  return {scroll: root.scrollWidth, client: root.clientWidth, by: by.join(" ")};
}"""


def described(violation: dict) -> str:
    nodes = "; ".join(f"{node['target']} {node['failureSummary'][:160]}" for node in violation["nodes"][:4])
    return f"{violation['impact']} {violation['id']} ({len(violation['nodes'])}): {nodes}"
