package recorder;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** Pipes steps into a driver and tells what came out of each. */
final class Feed {
  private final TopologyTestDriver driver;
  private final Dsl dsl;
  private final Map<String, TestInputTopic<Object, Object>> inputs = new HashMap<>();
  private final Map<String, TestOutputTopic<Object, Object>> outputs = new HashMap<>();

  @SuppressWarnings("unchecked")
  Feed(TopologyTestDriver driver, Dsl dsl) {
    this.driver = driver;
    this.dsl = dsl;
    dsl.inputs.forEach((name, types) -> {
      var topic = driver.createInputTopic(name, types.keys().serializer(), types.values().serializer());
      inputs.put(name, (TestInputTopic<Object, Object>) topic);
    });
    dsl.outputs.forEach((name, types) -> {
      var topic = driver.createOutputTopic(name, types.keys().deserializer(), types.values().deserializer());
      outputs.put(name, (TestOutputTopic<Object, Object>) topic);
    });
  }

  ObjectNode step(Step step) {
    ObjectNode told = Json.object();
    if (step instanceof Step.Pipe pipe) {
      TestRecord<Object, Object> record = new TestRecord<>(pipe.key(), pipe.value(), headers(pipe), pipe.timestampMs());
      told.set("in", json(pipe.topic(), record));
      inputs.get(pipe.topic()).pipeInput(record);
    } else if (step instanceof Step.Advance advance) {
      told.put("advance_wall_clock_ms", advance.wallClockMs());
      driver.advanceWallClockTime(Duration.ofMillis(advance.wallClockMs()));
    }
    ArrayNode out = told.putArray("out");
    for (String topic : dsl.sent) out.add(json(topic, outputs.get(topic).readRecord()));
    dsl.sent.clear();
    outputs.forEach((topic, queue) -> {
      if (!queue.isEmpty()) throw new IllegalStateException("the sink of " + topic + " needs logged(..)");
    });
    return told;
  }

  private static Headers headers(Step.Pipe pipe) {
    Headers headers = new RecordHeaders();
    for (Step.HeaderText header : pipe.headers()) {
      headers.add(header.name(), header.value() == null ? null : header.value().getBytes(StandardCharsets.UTF_8));
    }
    return headers;
  }

  private static ObjectNode json(String topic, TestRecord<?, ?> record) {
    ObjectNode node = Json.object();
    node.put("topic", topic);
    node.set("key", Json.of(record.key()));
    node.set("value", Json.of(record.value()));
    node.put("ts", record.timestamp());
    Header[] headers = record.headers().toArray();
    if (headers.length > 0) {
      ArrayNode array = node.putArray("headers");
      for (Header header : headers) {
        byte[] value = header.value();
        array.addArray().add(header.key()).add(value == null ? null : new String(value, StandardCharsets.UTF_8));
      }
    }
    return node;
  }
}
