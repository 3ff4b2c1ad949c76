package recorder;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.VersionedRecord;
import org.apache.kafka.streams.state.WindowStoreIterator;

/** The functions that the scenarios share. tests/conformance/README.md defines each. */
abstract class Vocabulary {
  private static final int CAT_CHARS = 24;

  static Duration ms(long n) {
    return Duration.ofMillis(n);
  }

  static <K, V> KeyValue<K, V> kv(K key, V value) {
    return KeyValue.pair(key, value);
  }

  private static int digitsAt(String v) {
    int at = v.length();
    while (at > 0 && Character.isDigit(v.charAt(at - 1))) at--;
    return at;
  }

  /** The number made of the trailing decimal digits; 0 when there are none, or no value. */
  static int num(String v) {
    if (v == null) return 0;
    String digits = v.substring(digitsAt(v));
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }

  /** The value without its trailing decimal digits. */
  static String word(String v) {
    return v == null ? "nil" : v.substring(0, digitsAt(v));
  }

  /** The parts between spaces, none empty. */
  static List<String> words(String v) {
    List<String> parts = new ArrayList<>();
    if (v != null) for (String part : v.split(" ")) if (!part.isEmpty()) parts.add(part);
    return parts;
  }

  /** Both with a comma between; the last characters of it, so that values stay short. */
  static String cat(String a, String b) {
    String both = a + "," + b;
    return both.substring(Math.max(0, both.length() - CAT_CHARS));
  }

  /** What stands before the colon: the key of another table, null when there is none. */
  static String fk(String v) {
    if (v == null) return null;
    String before = v.substring(0, v.indexOf(':'));
    return before.isEmpty() ? null : before;
  }

  /** The value of the last header of this name. */
  static String header(Headers headers, String name) {
    Header last = headers.lastHeader(name);
    return last == null || last.value() == null ? "-" : new String(last.value(), StandardCharsets.UTF_8);
  }

  static String show(VersionedRecord<String> r) {
    return r == null ? "-" : r.value() + "@" + r.timestamp();
  }

  /** All rows, joined with one space. */
  static <K, V> String rows(KeyValueIterator<K, V> iterator, BiFunction<K, V, String> row) {
    List<String> shown = new ArrayList<>();
    try (iterator) {
      iterator.forEachRemaining(e -> shown.add(row.apply(e.key, e.value)));
    }
    return String.join(" ", shown);
  }

  static <V> String rows(WindowStoreIterator<V> iterator) {
    return rows(iterator, (time, value) -> time + "=" + value);
  }
}
