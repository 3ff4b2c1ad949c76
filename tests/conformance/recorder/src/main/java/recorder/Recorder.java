package recorder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Makes inputs and writes down what becomes of them. */
final class Recorder {
  private Recorder() {}

  /** True when every file was written. */
  static boolean all(List<Scenario> scenarios, long from, long to, Inputs.Make make, Path dir) throws IOException {
    Files.createDirectories(dir);
    List<String> failures = new ArrayList<>();
    int files = 0;
    for (Scenario scenario : scenarios) {
      List<Optional<String>> told =
          LongStream.rangeClosed(from, to).parallel().mapToObj(seed -> one(scenario, seed, make, dir)).toList();
      files += told.size();
      told.forEach(failure -> failure.ifPresent(failures::add));
    }
    failures.forEach(failure -> System.out.println("FAILED " + failure));
    System.out.println((files - failures.size()) + " files recorded, " + failures.size() + " failed");
    return failures.isEmpty() && files > 0;
  }

  private static Optional<String> one(Scenario scenario, long seed, Inputs.Make make, Path dir) {
    String name = scenario.name + "." + seed + ".json";
    try {
      Json.writeFile(dir.resolve(name), Recording.of(scenario, seed, scenario.inputs.make(scenario.name, seed, make)));
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      return Optional.of(name + ": " + Main.causes(e));
    }
  }
}
