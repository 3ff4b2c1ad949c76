package recorder;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;

/** Feeds one scenario in Kafka Streams' own test driver and writes down all that it does. */
final class Recording {
  private static final String KAFKA_STREAMS = "4.3.1";
  private static final int FORMAT = 1;

  private Recording() {}

  /** The whole file. */
  static ObjectNode of(Scenario scenario, long seed, List<Step> steps) throws IOException {
    try (StateDirectory state = new StateDirectory()) {
      return of(scenario, seed, steps, config(scenario, state.path));
    }
  }

  private static ObjectNode of(Scenario scenario, long seed, List<Step> steps, Properties config) {
    Dsl dsl = scenario.define();
    Topology topology = dsl.topology != null ? dsl.topology : dsl.builder.build(config);
    ObjectNode file = Json.object();
    file.put("format", FORMAT).put("scenario", scenario.name).put("seed", seed).put("kafka_streams", KAFKA_STREAMS);
    file.putObject("config")
        .put("wall_clock_start_ms", 0)
        .put("cache_bytes", 0)
        .put("optimization", scenario.optimization())
        .put("stores", "rocksdb")
        .put("emit_interval_ms", 0)
        .put("order", scenario.order().text);
    ObjectNode topics = file.putObject("topics");
    dsl.inputs.forEach((name, types) -> topic(topics, name, "input", types));
    dsl.outputs.forEach((name, types) -> topic(topics, name, "output", types));
    try (TopologyTestDriver driver = new TopologyTestDriver(topology, config, Instant.EPOCH)) {
      Feed feed = new Feed(driver, dsl);
      ArrayNode told = file.putArray("steps");
      for (Step step : steps) told.add(feed.step(step));
      ObjectNode stores = file.putObject("stores");
      StoreDump.Past past = past(steps);
      dsl.stores.forEach((name, dump) -> stores.set(name, dump.dump(driver, name, past)));
      file.put("dropped", dropped(driver));
    }
    return file;
  }

  private static void topic(ObjectNode topics, String name, String role, TopicTypes types) {
    topics.putObject(name).put("role", role).put("key", types.keyName()).put("value", types.valueName());
  }

  private static Properties config(Scenario scenario, Path stateDir) {
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "conformance");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
    config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    config.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Dsl.S.getClass());
    config.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Dsl.S.getClass());
    config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
    config.put(StreamsConfig.TOPOLOGY_OPTIMIZATION_CONFIG, scenario.optimization());
    // Otherwise results wait for a second of the wall clock, which does not pass here.
    config.put(StreamsConfig.InternalConfig.EMIT_INTERVAL_MS_KSTREAMS_OUTER_JOIN_SPURIOUS_RESULTS_FIX, 0L);
    config.put(StreamsConfig.InternalConfig.EMIT_INTERVAL_MS_KSTREAMS_WINDOWED_AGGREGATION, 0L);
    return config;
  }

  private static StoreDump.Past past(List<Step> steps) {
    StoreDump.Past past = new StoreDump.Past(new TreeSet<>(), new TreeSet<>());
    for (Step step : steps) {
      if (!(step instanceof Step.Pipe pipe)) continue;
      if (pipe.key() != null) past.keys().add(pipe.key());
      past.timesMs().add(pipe.timestampMs());
    }
    return past;
  }

  private static long dropped(TopologyTestDriver driver) {
    double sum = 0;
    for (var metric : driver.metrics().entrySet()) {
      if (metric.getKey().name().equals("dropped-records-total")) sum += (double) metric.getValue().metricValue();
    }
    return (long) sum;
  }
}
