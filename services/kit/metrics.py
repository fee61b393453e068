"""The door to prometheus_client: cards become metrics, each in a registry of its own process."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol, cast

import prometheus_client as prometheus
from prometheus_client import CollectorRegistry

from services.contracts.metrics import MetricCard


class Counter(Protocol):
    def inc(self, amount: float = 1) -> None: ...


class Gauge(Protocol):
    def set(self, value: float) -> None: ...

    def set_function(self, f: Callable[[], float]) -> None:
        """Asked at every scrape instead of being set."""
        ...


class Histogram(Protocol):
    def observe(self, amount: float) -> None: ...


class Metrics:
    """The metrics of one process. Ask for a child once, where it is used, and keep it: looking it up costs more."""

    def __init__(self, cards: Iterable[MetricCard]) -> None:
        self._registry = CollectorRegistry()
        self._metrics = {card: self._made(card) for card in cards}

    def counter(self, card: MetricCard, **labels: str) -> Counter:
        return cast("Counter", self._child(card, labels))

    def gauge(self, card: MetricCard, **labels: str) -> Gauge:
        return cast("Gauge", self._child(card, labels))

    def histogram(self, card: MetricCard, **labels: str) -> Histogram:
        return cast("Histogram", self._child(card, labels))

    def clear(self, card: MetricCard) -> None:
        """Forget every child: for gauges whose labels come and go."""
        self._metrics[card].clear()

    def value(self, card: MetricCard, suffix: str = "", **labels: str) -> float:
        """What a scrape would show; 0 when nothing was ever counted. `suffix`: `_count` or `_sum` of a histogram."""
        return self._registry.get_sample_value(card.name + suffix, labels) or 0.0

    def render(self) -> tuple[bytes, str]:
        """The body of /metrics and its content type."""
        return prometheus.generate_latest(self._registry), prometheus.CONTENT_TYPE_LATEST

    def _child(self, card: MetricCard, labels: dict[str, str]) -> Any:
        metric = self._metrics[card]
        return metric.labels(**labels) if card.labels else metric

    def _made(self, card: MetricCard) -> Any:
        if card.kind == "histogram":
            return prometheus.Histogram(
                card.name, card.help, card.labels, registry=self._registry, buckets=card.buckets
            )
        kind = prometheus.Counter if card.kind == "counter" else prometheus.Gauge
        return kind(card.name, card.help, card.labels, registry=self._registry)
