"""Reads a gateway's /metrics as Prometheus would."""

from collections.abc import Iterator

import aiohttp
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

Labels = frozenset[tuple[str, str]]


class Scraped:
    """One page: samples by name and labels."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.families: list[Metric] = list(text_string_to_metric_families(text))
        self.samples: dict[tuple[str, Labels], float] = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in self.families
            for sample in family.samples
        }

    def value(self, name: str, **labels: str) -> float:
        return self.samples.get((name, frozenset(labels.items())), 0.0)

    def requests(self) -> dict[tuple[str, str, str], int]:
        """Counts by provider, verb and outcome."""
        return {
            (labels["provider"], labels["verb"], labels["outcome"]): int(value)
            for labels, value in self.of("gateway_requests_total")
        }

    def of(self, name: str) -> Iterator[tuple[dict[str, str], float]]:
        return ((dict(labels), value) for (found, labels), value in self.samples.items() if found == name)


async def scrape(port: int) -> Scraped:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        assert "Signature" not in answer.headers
        return Scraped(await answer.text())
