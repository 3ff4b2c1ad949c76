package recorder;

import static recorder.TopicInputs.words;

import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.TimeWindows;

/** Results held back. README.md of the vectors says what each scenario is about. */
final class SuppressScenarios {
  private SuppressScenarios() {}

  static void add(Scenarios all) {
    all.add("suppress_tumbling", Inputs.of(
        words("in").nullKeys(5).nullValues(5)).headers(15).jumps(4, 300).far(4, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(50))).count(winStore("w", L))
          .suppress(Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded())).toStream(), "out", W, L);
    }});

    all.add("suppress_hopping", Inputs.of(words("in").nullValues(5)).jumps(4, 300).far(4, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(90), ms(20)).advanceBy(ms(30)))
          .reduce((a, b) -> cat(a, b), winStore("w", S))
          .suppress(Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded())).toStream(), "out", W, S);
    }});

    all.add("suppress_time_limit", Inputs.of(words("in").nullValues(15)).headers(20).pace(15), () -> new Dsl() {{
      to(table("in", "t").suppress(Suppressed.untilTimeLimit(ms(60), Suppressed.BufferConfig.unbounded())).toStream(),
          "out", S, S);
    }});

    all.add("suppress_max_records", Inputs.of(
        words("in").keys("a b c d e f").nullValues(10)).pace(15), () -> new Dsl() {{
      to(table("in", "t").suppress(Suppressed.untilTimeLimit(ms(500), Suppressed.BufferConfig.maxRecords(3)
          .emitEarlyWhenFull())).toStream(), "out", S, S);
    }});

    all.add("suppress_zero", Inputs.of(words("in").keys("a b c d e").nullValues(15)), () -> new Dsl() {{
      to(table("in", "t").suppress(Suppressed.untilTimeLimit(ms(0), Suppressed.BufferConfig.unbounded()))
          .groupBy((k, v) -> kv(word(v), v), bySS()).count(kvStore("c", L)).toStream(), "out", S, L);
    }});

    all.add("suppress_then_group", Inputs.of(words("in").nullValues(10)).pace(15), () -> new Dsl() {{
      to(table("in", "t").suppress(Suppressed.untilTimeLimit(ms(50), Suppressed.BufferConfig.unbounded()))
          .groupBy((k, v) -> kv(word(v).substring(0, 1), v), bySS())
          .aggregate(() -> "*", (k, v, a) -> cat(a, "+" + v), (k, v, a) -> cat(a, "-" + v), kvStore("g", S))
          .toStream(), "out", S, S);
    }});

    all.add("suppress_windowed_time_limit", Inputs.of(words("in")).pace(15).far(3, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(50))).count(winStore("w", L))
          .suppress(Suppressed.untilTimeLimit(ms(30), Suppressed.BufferConfig.unbounded())).toStream(), "out", W, L);
    }});
  }
}
