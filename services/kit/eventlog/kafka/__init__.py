"""The log on Apache Kafka: the only door to kafka-python."""

from services.kit.eventlog.kafka.admin import KafkaAdmin
from services.kit.eventlog.kafka.appender import KafkaAppender
from services.kit.eventlog.kafka.options import LogSettings
from services.kit.eventlog.kafka.probe import Probe
from services.kit.eventlog.kafka.reader import KafkaReader

__all__ = ["KafkaAdmin", "KafkaAppender", "KafkaReader", "LogSettings", "Probe"]
