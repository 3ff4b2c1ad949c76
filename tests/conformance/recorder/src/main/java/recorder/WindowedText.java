package recorder;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.kstream.Window;
import org.apache.kafka.streams.kstream.Windowed;

/** A key in a window of any kind, both of its bounds kept. Kafka's own serdes drop the end of a time window. */
final class WindowedText implements Serde<Windowed<String>> {
  /** A window as it was written, of no kind. */
  private static final class Bounds extends Window {
    Bounds(long startMs, long endMs) {
      super(startMs, endMs);
    }

    @Override
    public boolean overlap(Window other) {
      throw new UnsupportedOperationException("bounds are only shown");
    }
  }

  @Override
  public Serializer<Windowed<String>> serializer() {
    return (topic, windowed) -> {
      if (windowed == null) return null;
      byte[] key = windowed.key().getBytes(StandardCharsets.UTF_8);
      ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES + key.length);
      return bytes.putLong(windowed.window().start()).putLong(windowed.window().end()).put(key).array();
    };
  }

  @Override
  public Deserializer<Windowed<String>> deserializer() {
    return (topic, data) -> {
      if (data == null) return null;
      ByteBuffer bytes = ByteBuffer.wrap(data);
      Window window = new Bounds(bytes.getLong(), bytes.getLong());
      return new Windowed<>(StandardCharsets.UTF_8.decode(bytes).toString(), window);
    };
  }
}
