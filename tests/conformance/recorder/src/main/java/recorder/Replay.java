package recorder;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Feeds Kafka Streams again with what was recorded: the scenarios here are those of the files. */
final class Replay {
  private Replay() {}

  /** True when no file differs, each is of a scenario, and each scenario that was asked for has one. */
  static boolean all(Scenarios all, List<String> names, Path dir) throws IOException {
    Set<String> wanted =
        all.chosen(names).stream().map(scenario -> scenario.name).collect(Collectors.toCollection(TreeSet::new));
    List<Path> files =
        files(dir).stream().filter(file -> wanted.contains(scenario(file)) || !all.has(scenario(file))).toList();
    List<String> told = files.parallelStream().map(file -> difference(all, file)).flatMap(Optional::stream).toList();
    told.forEach(difference -> System.out.println("DIFFERENT " + difference));
    files.forEach(file -> wanted.remove(scenario(file)));
    wanted.forEach(name -> System.out.println("MISSING " + name + ": no file"));
    System.out.printf("%d files as recorded, %d different%n", files.size() - told.size(), told.size());
    return told.isEmpty() && wanted.isEmpty();
  }

  private static List<Path> files(Path dir) throws IOException {
    try (Stream<Path> entries = Files.list(dir)) {
      return entries.filter(path -> path.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static String scenario(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.indexOf('.'));
  }

  private static Optional<String> difference(Scenarios all, Path file) {
    Optional<String> difference;
    try {
      ObjectNode recorded = Json.readFile(file);
      long seed = recorded.get("seed").longValue();
      ObjectNode now = Recording.of(all.get(scenario(file)), seed, VectorFile.steps(recorded));
      difference = Difference.between(recorded, now);
    } catch (IOException | RuntimeException e) {
      difference = Optional.of(Main.causes(e));
    }
    return difference.map(told -> file.getFileName() + ": " + told);
  }
}
