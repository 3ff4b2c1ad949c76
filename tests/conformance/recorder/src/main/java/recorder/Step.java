package recorder;

import java.util.List;

/** What a recording is fed with: a record, or an advance of the wall clock. */
sealed interface Step {
  /** One header; several may have the same name, and the value may be null. */
  record HeaderText(String name, String value) {}

  record Pipe(String topic, String key, Object value, long timestampMs, List<HeaderText> headers) implements Step {}

  record Advance(long wallClockMs) implements Step {}
}
