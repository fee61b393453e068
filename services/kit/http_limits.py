"""What callers may take of a process before their requests are whole."""

from dataclasses import dataclass

from services.kit.settings import setting


@dataclass(frozen=True, kw_only=True)
class Limits:
    """`waiting_max_bytes`: what all callers together may have sent of requests, and not taken of answers.

    A caller is given `idle_timeout_ms` to begin a request, then so long for its head and for its body, and for taking
    the answer. When there is no room, who has waited longest is sent away.
    """

    connections_max: int = setting(2_048, at_least=16, at_most=65_536)
    waiting_max_bytes: int = setting(67_108_864, at_least=1_048_576)
    head_max_bytes: int = setting(65_536, at_least=4_096, at_most=1_048_576)
    max_body_bytes: int = setting(1_048_576, at_least=1_024, at_most=8_388_608)
    idle_timeout_ms: int = setting(30_000, at_least=100)
    head_timeout_ms: int = setting(10_000, at_least=100)
    body_timeout_ms: int = setting(60_000, at_least=100)
    answer_timeout_ms: int = setting(30_000, at_least=100)
