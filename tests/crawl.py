"""Going through the platform as a person would: from the home page along every link."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

A_ROUTE = 3
"""So many addresses of one route are opened: the hundredth firm's page is like the third's."""


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href")
        if tag == "a" and address:
            self.found.append(address)


@dataclass
class Visit:
    """What was found: every address opened, with route, status and kind of content."""

    opened: dict[str, tuple[str, int, str]] = field(default_factory=dict)

    def wrong(self) -> list[str]:
        """Links that lead nowhere or fail."""
        return [
            f"{status} {address}"
            for address, (_, status, _) in self.opened.items()
            if status >= 400
        ]

    def pages(self) -> dict[str, str]:
        """One address a route, of those that are pages."""
        found: dict[str, str] = {}
        for address, (route, status, kind) in self.opened.items():
            if status == 200 and kind.startswith("text/html"):
                found.setdefault(route, address)
        return found

    def own(self) -> list[str]:
        """Addresses with a number or name in them: what might be somebody's own."""
        return [address for address, (route, _, _) in self.opened.items() if "<" in route]


def crawl(client: Client, start: str = "/") -> Visit:
    """Open every link, from ``start`` on, as the client's person."""
    visit, waiting, seen = Visit(), deque([start]), {start}
    routes: Counter[str] = Counter()
    while waiting:
        address = waiting.popleft()
        route = _route(address)
        if routes[route] >= A_ROUTE:
            continue
        routes[route] += 1
        answer = client.get(address)
        kind = answer.headers.get("content-type", "")
        visit.opened[address] = (route, answer.status_code, kind)
        if answer.status_code in (301, 302):
            links = [answer.headers["location"]]
        elif kind.startswith("text/html") and not answer.streaming:
            links = _links(answer.content.decode())
        else:
            links = []
        if answer.streaming:
            list(answer.streaming_content)  # a file is closed when all of it has been taken
        for link in links:
            target = urljoin(address, link)
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            target = parts._replace(fragment="").geturl()
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return visit


def _links(text: str) -> list[str]:
    parser = _Links()
    parser.feed(text)
    return parser.found


def _route(address: str) -> str:
    path = urlsplit(address).path
    try:
        return resolve(path).route
    except Resolver404:
        return path
