package recorder;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.GlobalKTable;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.apache.kafka.streams.processor.TopicNameExtractor;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.SessionStore;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * One topology of a scenario. Subclasses write it in their initialiser, with these shorthands; topics and stores
 * become known on the way.
 */
abstract class Dsl extends ProcessorShorthands {
  static final Serde<String> S = Serdes.String();
  static final Serde<Long> L = Serdes.Long();
  static final Serde<Integer> I = Serdes.Integer();
  static final Serde<Windowed<String>> W = new WindowedText();

  final StreamsBuilder builder = new StreamsBuilder();
  /** Set by scenarios that do not use the builder. */
  Topology topology;
  final Map<String, TopicTypes> inputs = new LinkedHashMap<>();
  final Map<String, TopicTypes> outputs = new LinkedHashMap<>();
  final Map<String, StoreDump> stores = new TreeMap<>();
  /** The output topic of each record that was sent, in order: the driver keeps a queue for each topic alone. */
  final List<String> sent = new ArrayList<>();

  void in(String topic, Serde<?> values) {
    inputs.put(topic, new TopicTypes(S, values));
  }

  void out(String topic, Serde<?> keys, Serde<?> values) {
    outputs.put(topic, new TopicTypes(keys, values));
  }

  <T> Serde<T> logged(Serde<T> serde) {
    return Serdes.serdeFrom(new Logged<>(serde.serializer(), sent), serde.deserializer());
  }

  KStream<String, String> stream(String topic) {
    return stream(topic, S);
  }

  KStream<String, Long> longs(String topic) {
    return stream(topic, L);
  }

  <V> KStream<String, V> stream(String topic, Serde<V> values) {
    in(topic, values);
    return builder.stream(topic, Consumed.with(S, values));
  }

  KStream<String, String> stream(String topic, TimestampExtractor extractor) {
    in(topic, S);
    return builder.stream(topic, Consumed.with(S, S).withTimestampExtractor(extractor));
  }

  KTable<String, String> table(String topic) {
    in(topic, S);
    return builder.table(topic, Consumed.with(S, S));
  }

  KTable<String, String> table(String topic, String store) {
    return table(topic, store, S);
  }

  <V> KTable<String, V> table(String topic, String store, Serde<V> values) {
    in(topic, values);
    return builder.table(topic, Consumed.with(S, values), kvStore(store, values));
  }

  KTable<String, String> versioned(String topic, String store, long historyMs) {
    in(topic, S);
    stores.put(store, StoreDump.VERSIONED);
    var supplier = Stores.persistentVersionedKeyValueStore(store, ms(historyMs));
    return builder.table(topic, Consumed.with(S, S),
        Materialized.<String, String>as(supplier).withKeySerde(S).withValueSerde(S));
  }

  GlobalKTable<String, String> global(String topic, String store) {
    in(topic, S);
    return builder.globalTable(topic, Consumed.with(S, S), kvStore(store, S));
  }

  <K, V> void to(KStream<K, V> stream, String topic, Serde<K> keys, Serde<V> values) {
    out(topic, keys, values);
    stream.to(topic, Produced.with(logged(keys), values));
  }

  <K, V> void toDynamic(
      KStream<K, V> stream, TopicNameExtractor<K, V> topicOf, Serde<K> keys, Serde<V> values, String... topics) {
    for (String topic : topics) out(topic, keys, values);
    stream.to(topicOf, Produced.with(logged(keys), values));
  }

  <V> Materialized<String, V, KeyValueStore<Bytes, byte[]>> kvStore(String name, Serde<V> values) {
    stores.put(name, StoreDump.KV);
    return Materialized.<String, V, KeyValueStore<Bytes, byte[]>>as(name).withKeySerde(S).withValueSerde(values);
  }

  <V> Materialized<String, V, WindowStore<Bytes, byte[]>> winStore(String name, Serde<V> values) {
    stores.put(name, StoreDump.WINDOW);
    return Materialized.<String, V, WindowStore<Bytes, byte[]>>as(name).withKeySerde(S).withValueSerde(values);
  }

  <V> Materialized<String, V, SessionStore<Bytes, byte[]>> sesStore(String name, Serde<V> values) {
    stores.put(name, StoreDump.SESSION);
    return Materialized.<String, V, SessionStore<Bytes, byte[]>>as(name).withKeySerde(S).withValueSerde(values);
  }

  Grouped<String, String> bySS() {
    return Grouped.with(S, S);
  }

  Grouped<String, Long> bySL() {
    return Grouped.with(S, L);
  }

  KeyValueBytesStoreSupplier kvSupplier(String name) {
    stores.put(name, StoreDump.PLAIN_KV);
    return Stores.persistentKeyValueStore(name);
  }

  <V> void addKv(String name, Serde<V> values) {
    builder.addStateStore(Stores.keyValueStoreBuilder(kvSupplier(name), S, values));
  }

  void addWindow(String name, long retentionMs, long sizeMs, boolean duplicates) {
    stores.put(name, StoreDump.PLAIN_WINDOW);
    var supplier = Stores.persistentWindowStore(name, ms(retentionMs), ms(sizeMs), duplicates);
    builder.addStateStore(Stores.windowStoreBuilder(supplier, S, S));
  }

  void addSession(String name, long retentionMs) {
    stores.put(name, StoreDump.SESSION);
    var supplier = Stores.persistentSessionStore(name, ms(retentionMs));
    builder.addStateStore(Stores.sessionStoreBuilder(supplier, S, S));
  }

  void addVersioned(String name, long historyMs) {
    stores.put(name, StoreDump.VERSIONED);
    var supplier = Stores.persistentVersionedKeyValueStore(name, ms(historyMs));
    builder.addStateStore(Stores.versionedKeyValueStoreBuilder(supplier, S, S));
  }
}
