package recorder;

import org.apache.kafka.common.serialization.Serde;

/** What the keys and values of a topic are. */
record TopicTypes(Serde<?> keys, Serde<?> values) {
  String keyName() {
    return name(keys);
  }

  String valueName() {
    return name(values);
  }

  private static String name(Serde<?> serde) {
    if (serde == Dsl.S) return "string";
    if (serde == Dsl.L) return "long";
    if (serde == Dsl.I) return "int";
    if (serde == Dsl.W) return "windowed<string>";
    throw new IllegalArgumentException("a type that the format has no name for: " + serde);
  }
}
