package recorder;

import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;

/** Notes the topic of every record that is serialized; the serializer of keys is asked once for each record. */
final class Logged<T> implements Serializer<T> {
  private final Serializer<T> inner;
  private final List<String> topics;

  Logged(Serializer<T> inner, List<String> topics) {
    this.inner = inner;
    this.topics = topics;
  }

  @Override
  public byte[] serialize(String topic, Headers headers, T data) {
    topics.add(topic);
    return inner.serialize(topic, headers, data);
  }

  @Override
  public byte[] serialize(String topic, T data) {
    throw new UnsupportedOperationException("sinks serialize with headers");
  }
}
