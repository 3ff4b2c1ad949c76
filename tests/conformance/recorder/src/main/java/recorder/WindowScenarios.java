package recorder;

import static recorder.TopicInputs.words;

import java.time.Instant;
import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.UnlimitedWindows;

/** Aggregations in windows of a size. README.md of the vectors says what each scenario is about. */
final class WindowScenarios {
  private WindowScenarios() {}

  static void add(Scenarios all) {
    all.add("tumbling_count", Inputs.of(
        words("in").nullKeys(5).nullValues(5)).headers(15).far(5, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(TimeWindows.ofSizeWithNoGrace(ms(100))).count(winStore("w", L))
          .toStream(), "out", W, L);
    }});

    all.add("tumbling_count_grace", Inputs.of(words("in").nullKeys(5).nullValues(5)).far(5, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(50))).count(winStore("w", L))
          .toStream(), "out", W, L);
    }});

    all.add("tumbling_edges", Inputs.of(
        words("in")).multiplesOf(50).pace(75).late(25, 150).far(5, 450), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(50)))
          .aggregate(() -> "*", (k, v, a) -> cat(a, v), winStore("w", S)).toStream(), "out", W, S);
    }});

    all.add("tumbling_reduce", Inputs.of(words("in").nullValues(5)).far(5, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(30)))
          .reduce((a, b) -> cat(a, b), winStore("w", S)).toStream(), "out", W, S);
    }});

    all.add("tumbling_aggregate_null", Inputs.of(words("in").nullValues(5)).far(5, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(30)))
          .aggregate(() -> "*", (k, v, a) -> num(v) % 5 == 0 ? null : cat(a, v), winStore("w", S)).toStream(),
          "out", W, S);
    }});

    all.add("tumbling_retention", Inputs.of(words("in")).jumps(4, 300).far(10, 400), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(50)))
          .count(winStore("w", L).withRetention(ms(1000))).toStream(), "out", W, L);
    }});

    all.add("hopping_count", Inputs.of(words("in").nullKeys(5).nullValues(5)).far(10, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(40)).advanceBy(ms(30)))
          .count(winStore("w", L)).toStream(), "out", W, L);
    }});

    all.add("hopping_aggregate", Inputs.of(
        words("in")).steps(60).startMs(0).late(30, 60).far(5, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(90), ms(10)).advanceBy(ms(30)))
          .aggregate(() -> "*", (k, v, a) -> cat(a, v), winStore("w", S)).toStream(), "out", W, S);
    }});

    all.add("unlimited_count", Inputs.of(words("in")).startMs(300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(UnlimitedWindows.of().startOn(Instant.ofEpochMilli(500)))
          .count(winStore("w", L)).toStream(), "out", W, L);
    }});

    all.add("group_by_tumbling", Inputs.of(words("in").nullKeys(5).nullValues(5)).far(5, 300), () -> new Dsl() {{
      to(stream("in").groupBy((k, v) -> word(v).substring(0, 1)).windowedBy(TimeWindows.ofSizeAndGrace(ms(200), ms(50)))
          .count(winStore("w", L)).toStream(), "out", W, L);
    }});

    all.add("windowed_then_table", Inputs.of(words("in").keys("a b c d e")).far(5, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(50))).count(winStore("w", L))
          .groupBy((wk, n) -> kv("w" + wk.window().start(), n), bySL())
          .aggregate(() -> 0L, (k, n, a) -> a + n, (k, n, a) -> a - n, kvStore("per-window", L)).toStream(),
          "out", S, L);
    }});

    all.add("windowed_views", Inputs.of(words("in")).far(5, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(50))).count(winStore("w", L))
          .filter((w, n) -> n % 3 != 0).mapValues(n -> n * 10).toStream((w, n) -> w.key() + "@" + w.window().start())
          .toTable(kvStore("t", L)).toStream(), "out", S, L);
    }});

    all.add("close_tumbling", Inputs.of(
        words("in").nullKeys(5).nullValues(5)).headers(15).jumps(4, 300).far(4, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(50)))
          .emitStrategy(EmitStrategy.onWindowClose())
          .count(winStore("w", L).withRetention(ms(10_000))).toStream(), "out", W, L);
    }});

    all.add("close_hopping", Inputs.of(words("in").nullValues(5)).jumps(4, 300).far(4, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(90), ms(20)).advanceBy(ms(30)))
          .emitStrategy(EmitStrategy.onWindowClose())
          .aggregate(() -> "*", (k, v, a) -> cat(a, v), winStore("w", S).withRetention(ms(10_000))).toStream(),
          "out", W, S);
    }});

    all.add("quirk_close_tumbling_default_retention", Inputs.of(
        words("in")).jumps(4, 300).far(4, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(50)))
          .emitStrategy(EmitStrategy.onWindowClose()).count(winStore("w", L)).toStream(), "out", W, L);
    }});
  }
}
