package recorder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Records what Kafka Streams does, or checks that it still does what was recorded. {@code cargo xtask conformance}
 * calls it.
 *
 * <pre>
 * record FROM TO STEPS usual|hard DIR [SCENARIO...]
 * replay DIR [SCENARIO...]
 * </pre>
 */
final class Main {
  private Main() {}

  public static void main(String[] args) throws IOException {
    try {
      System.exit(run(args) ? 0 : 1);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private static boolean run(String[] args) throws IOException {
    List<String> words = List.of(args);
    return switch (words.isEmpty() ? "" : words.get(0)) {
      case "record" -> {
        Inputs.Make make = new Inputs.Make(Integer.parseInt(args[3]), args[4].equals("hard"));
        List<Scenario> scenarios = Scenarios.all().chosen(words.subList(6, args.length));
        yield Recorder.all(scenarios, Long.parseLong(args[1]), Long.parseLong(args[2]), make, Path.of(args[5]));
      }
      case "replay" -> Replay.all(Scenarios.all(), words.subList(2, args.length), Path.of(args[1]));
      default -> throw new IllegalArgumentException("the first word is record or replay");
    };
  }

  /** An error and what it came from: user functions fail deep in Kafka Streams. */
  static String causes(Throwable error) {
    return error.getCause() == null ? error.toString() : error + "; by " + causes(error.getCause());
  }
}
