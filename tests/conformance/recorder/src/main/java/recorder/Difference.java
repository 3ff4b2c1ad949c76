package recorder;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Where two files differ first. They are the output of one program, so every byte counts. */
final class Difference {
  private Difference() {}

  static Optional<String> between(JsonNode recorded, JsonNode now) throws IOException {
    if (same(recorded, now)) return Optional.empty();
    JsonNode then = recorded.get("steps");
    for (int i = 0; i < then.size(); i++) {
      JsonNode step = now.get("steps").get(i);
      if (!same(then.get(i), step)) return Optional.of(told("step " + i, then.get(i), step));
    }
    for (Map.Entry<String, JsonNode> part : recorded.properties()) {
      JsonNode other = now.path(part.getKey());
      if (!same(part.getValue(), other)) return Optional.of(told(part.getKey(), part.getValue(), other));
    }
    return Optional.of("the file has other parts, or in another order, than are written now");
  }

  private static boolean same(JsonNode a, JsonNode b) throws IOException {
    return Json.line(a).equals(Json.line(b));
  }

  private static String told(String where, JsonNode recorded, JsonNode now) {
    return where + ": recorded " + recorded + ", now " + now;
  }
}
