package recorder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** What a recorded file was fed with. */
final class VectorFile {
  private VectorFile() {}

  static List<Step> steps(ObjectNode file) {
    List<Step> steps = new ArrayList<>();
    for (JsonNode step : file.get("steps")) {
      if (step.has("in")) {
        steps.add(pipe(file.get("topics"), step.get("in")));
      } else {
        steps.add(new Step.Advance(step.get("advance_wall_clock_ms").longValue()));
      }
    }
    return steps;
  }

  private static Step.Pipe pipe(JsonNode topics, JsonNode in) {
    String topic = in.get("topic").textValue();
    JsonNode types = topics.get(topic);
    List<Step.HeaderText> headers = new ArrayList<>();
    if (in.has("headers")) {
      for (JsonNode header : in.get("headers")) {
        headers.add(new Step.HeaderText(header.get(0).textValue(), header.get(1).textValue()));
      }
    }
    String key = (String) Json.read(in.get("key"), types.get("key").textValue());
    Object value = Json.read(in.get("value"), types.get("value").textValue());
    return new Step.Pipe(topic, key, value, in.get("ts").longValue(), headers);
  }
}
