"""Records addressed to a topic by its id instead of its name: another log has other ids, so its broker refuses them."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from kafka.errors import UnknownTopicIdError
from kafka.net.compat import KafkaNetClient
from kafka.protocol.producer import ProduceRequest

PRODUCE_BY_ID = 13
"""The version of the request that carries ids; Apache Kafka takes it since 4.1."""
TopicIds = Callable[[], Mapping[str, str]]


class ProducerClient(KafkaNetClient):  # type: ignore[misc]  # kafka-python has no types
    """What a producer of kafka-python sends through, given to it as its `kafka_client`.

    A name finds any topic that bears it: one made again, and one of another cluster at the same address. An id is of
    one topic in one cluster, so that there is no moment, not even before the first probe after a reconnection, in
    which such a topic takes a record meant for ours. `on_refusal` is called when a broker does not know an id, by the
    producer's own thread: that is another log, or a broker that has not heard of a new topic yet.
    """

    def __init__(self, topic_ids: TopicIds, on_refusal: Callable[[], None], **options: Any) -> None:
        super().__init__(**options)
        self._topic_ids = topic_ids
        self._on_refusal = on_refusal

    def send(self, node_id: Any, request: Any, **options: Any) -> Any:
        if not isinstance(request, ProduceRequest):
            return super().send(node_id, request, **options)
        ids = {topic.name: UUID(self._topic_ids()[topic.name]) for topic in request.topic_data}
        names = {topic_id: name for name, topic_id in ids.items()}
        answer = super().send(node_id, addressed(request, ids), **options)
        return answer.add_callback(lambda response: self._received(response, names))

    def _received(self, response: Any, names: Mapping[UUID, str]) -> None:
        """The producer knows its records by the topic's name, which an answer by id leaves out."""
        for topic in response.responses:
            topic.name = names[topic.topic_id]
        errors = {partition.error_code for topic in response.responses for partition in topic.partition_responses}
        if UnknownTopicIdError.errno in errors:
            self._on_refusal()


def addressed(request: Any, ids: Mapping[str, UUID]) -> Any:
    """The same request, of the version that names topics by id and of no other."""
    topic_data = [
        ProduceRequest.TopicProduceData(topic_id=ids[topic.name], partition_data=topic.partition_data)
        for topic in request.topic_data
    ]
    return ProduceRequest(
        transactional_id=request.transactional_id,
        acks=request.acks,
        timeout_ms=request.timeout_ms,
        topic_data=topic_data,
        min_version=PRODUCE_BY_ID,
        max_version=PRODUCE_BY_ID,
    )
