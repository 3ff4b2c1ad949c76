package recorder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where RocksDB keeps the stores of one run; deleted with it. */
final class StateDirectory implements AutoCloseable {
  final Path path;

  StateDirectory() throws IOException {
    path = Files.createTempDirectory("recorder-");
  }

  @Override
  public void close() throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> walk = Files.walk(path)) {
      deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path entry : deepestFirst) Files.deleteIfExists(entry);
  }
}
