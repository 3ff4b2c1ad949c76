package recorder;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.SessionStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.apache.kafka.streams.state.VersionedKeyValueStore;
import org.apache.kafka.streams.state.VersionedRecord;

/** How the rows of a store are read at the end of a recording. */
enum StoreDump {
  KV("kv") {
    @Override
    List<Row> rows(TopologyTestDriver driver, String store, Past past) {
      return timed(driver.<String, Object>getTimestampedKeyValueStore(store).all(), Row::ofKey);
    }
  },
  PLAIN_KV("kv") {
    @Override
    List<Row> rows(TopologyTestDriver driver, String store, Past past) {
      return plain(driver.<String, Object>getKeyValueStore(store).all(), Row::ofKey);
    }
  },
  WINDOW("window") {
    @Override
    List<Row> rows(TopologyTestDriver driver, String store, Past past) {
      return timed(driver.<String, Object>getTimestampedWindowStore(store).all(), Row::ofWindow);
    }
  },
  PLAIN_WINDOW("window") {
    @Override
    List<Row> rows(TopologyTestDriver driver, String store, Past past) {
      return plain(driver.<String, Object>getWindowStore(store).all(), Row::ofWindow);
    }
  },
  SESSION("session") {
    @Override
    List<Row> rows(TopologyTestDriver driver, String store, Past past) {
      SessionStore<String, Object> sessions = driver.getSessionStore(store);
      return plain(sessions.fetch(null, null), Row::ofWindow);
    }
  },
  VERSIONED("versioned") {
    @Override
    List<Row> rows(TopologyTestDriver driver, String store, Past past) {
      VersionedKeyValueStore<String, Object> versions = driver.getVersionedKeyValueStore(store);
      List<Row> rows = new ArrayList<>();
      for (String key : past.keys) {
        VersionedRecord<Object> last = null;
        List<VersionedRecord<Object>> found = new ArrayList<>();
        for (long time : past.timesMs) found.add(versions.get(key, time));
        found.add(versions.get(key));
        for (VersionedRecord<Object> version : found) {
          if (version == null || version.equals(last)) continue;
          rows.add(Row.ofKey(key, version.value(), version.timestamp()));
          last = version;
        }
      }
      return rows;
    }
  };

  /** What was piped: a versioned store can only be asked for one key as of one time. */
  record Past(SortedSet<String> keys, Set<Long> timesMs) {}

  record Row(String key, long start, long end, boolean inWindow, Object value, Long ts) {
    static Row ofKey(String key, Object value, Long ts) {
      return new Row(key, 0, 0, false, value, ts);
    }

    static Row ofWindow(Windowed<String> key, Object value, Long ts) {
      return new Row(key.key(), key.window().start(), key.window().end(), true, value, ts);
    }

    ObjectNode json() {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      node.put("key", key);
      if (inWindow) node.put("start", start).put("end", end);
      node.set("value", Json.of(value));
      if (ts != null) node.put("ts", ts);
      return node;
    }
  }

  private interface MakeRow<K> {
    Row row(K key, Object value, Long ts);
  }

  private final String type;

  StoreDump(String type) {
    this.type = type;
  }

  abstract List<Row> rows(TopologyTestDriver driver, String store, Past past);

  ObjectNode dump(TopologyTestDriver driver, String store, Past past) {
    List<Row> rows = new ArrayList<>(rows(driver, store, past));
    // Rows of one key and window (of a store with duplicates), and versions, keep their order.
    rows.sort(Comparator.comparing(Row::key).thenComparing(Row::start).thenComparing(Row::end));
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("type", type);
    ArrayNode array = node.putArray("rows");
    for (Row row : rows) array.add(row.json());
    return node;
  }

  private static <K> List<Row> timed(KeyValueIterator<K, ValueAndTimestamp<Object>> iterator, MakeRow<K> make) {
    List<Row> rows = new ArrayList<>();
    try (iterator) {
      iterator.forEachRemaining(e -> rows.add(make.row(e.key, e.value.value(), e.value.timestamp())));
    }
    return rows;
  }

  private static <K> List<Row> plain(KeyValueIterator<K, Object> iterator, MakeRow<K> make) {
    List<Row> rows = new ArrayList<>();
    try (iterator) {
      iterator.forEachRemaining(e -> rows.add(make.row(e.key, e.value, null)));
    }
    return rows;
  }
}
