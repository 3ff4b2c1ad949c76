//! Apache Kafka through rdkafka.
