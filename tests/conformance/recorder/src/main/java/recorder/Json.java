package recorder;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.streams.kstream.Windowed;

/** JSON in ASCII, one line a file. */
final class Json {
  static final JsonMapper MAPPER = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** A key or value. */
  static JsonNode of(Object value) {
    JsonNodeFactory make = JsonNodeFactory.instance;
    if (value == null) return make.nullNode();
    if (value instanceof String text) return make.textNode(text);
    if (value instanceof Long number) return make.numberNode(number);
    if (value instanceof Integer number) return make.numberNode(number);
    if (value instanceof Windowed<?> windowed) {
      ObjectNode node = make.objectNode();
      node.set("key", of(windowed.key()));
      return node.put("start", windowed.window().start()).put("end", windowed.window().end());
    }
    throw new IllegalArgumentException("the format has no type for " + value.getClass());
  }

  /** A value of a topic, as what its type says. */
  static Object read(JsonNode node, String type) {
    if (node.isNull()) return null;
    return switch (type) {
      case "string" -> node.textValue();
      case "long" -> node.longValue();
      case "int" -> node.intValue();
      default -> throw new IllegalArgumentException("no topic is fed with a " + type);
    };
  }

  static String line(JsonNode node) throws IOException {
    return MAPPER.writeValueAsString(node) + "\n";
  }

  static ObjectNode readFile(Path file) throws IOException {
    return (ObjectNode) MAPPER.readTree(Files.readString(file, StandardCharsets.US_ASCII));
  }

  static void writeFile(Path file, JsonNode node) throws IOException {
    Files.writeString(file, line(node), StandardCharsets.US_ASCII);
  }
}
