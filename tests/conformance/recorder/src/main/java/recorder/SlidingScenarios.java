package recorder;

import static recorder.TopicInputs.words;

import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.SlidingWindows;

/** Aggregations in sliding windows. README.md of the vectors says what each scenario is about. */
final class SlidingScenarios {
  private SlidingScenarios() {}

  static void add(Scenarios all) {
    all.add("sliding_count", Inputs.of(
        words("in").keys("a b c").nullKeys(5).nullValues(5)).headers(15).far(10, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(ms(50), ms(60)))
          .count(winStore("w", L)).toStream(), "out", W, L);
    }}).perKey();

    all.add("sliding_early", Inputs.of(words("in").keys("a b")).steps(60).startMs(0).late(30, 40), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(ms(50), ms(500)))
          .aggregate(() -> "*", (k, v, a) -> cat(a, v), winStore("w", S)).toStream(), "out", W, S);
    }}).perKey();

    all.add("sliding_edges", Inputs.of(
        words("in").keys("a b")).multiplesOf(25).late(25, 75).far(4, 250), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(ms(50), ms(50)))
          .reduce((a, b) -> cat(a, b), winStore("w", S)).toStream(), "out", W, S);
    }}).perKey();

    all.add("close_sliding", Inputs.of(
        words("in").keys("a b c").nullValues(5)).jumps(4, 300).far(4, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(ms(50), ms(40)))
          .emitStrategy(EmitStrategy.onWindowClose())
          .count(winStore("w", L).withRetention(ms(10_000))).toStream(), "out", W, L);
    }});
  }
}
