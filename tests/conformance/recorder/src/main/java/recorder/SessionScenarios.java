package recorder;

import static recorder.TopicInputs.words;

import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.Suppressed;

/** Aggregations in sessions. README.md of the vectors says what each scenario is about. */
final class SessionScenarios {
  private SessionScenarios() {}

  static void add(Scenarios all) {
    all.add("session_count", Inputs.of(
        words("in").nullKeys(5).nullValues(5)).headers(15).pace(30).far(5, 200), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(SessionWindows.ofInactivityGapAndGrace(ms(30), ms(40)))
          .count(sesStore("s", L)).toStream(), "out", W, L);
    }});

    all.add("session_reduce", Inputs.of(words("in").nullValues(5)).pace(30).far(5, 200), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(SessionWindows.ofInactivityGapWithNoGrace(ms(30)))
          .reduce((a, b) -> cat(a, b), sesStore("s", S)).toStream(), "out", W, S);
    }});

    all.add("session_aggregate", Inputs.of(
        words("in").nullValues(5)).pace(30).late(25, 60).far(10, 260), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(SessionWindows.ofInactivityGapAndGrace(ms(30), ms(60)))
          .aggregate(() -> "*", (k, v, a) -> cat(a, v), (k, a, b) -> cat(a, "&" + b), sesStore("s", S)).toStream(),
          "out", W, S);
    }});

    all.add("session_edges", Inputs.of(
        words("in").keys("a b")).multiplesOf(30).pace(45).late(25, 100), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(SessionWindows.ofInactivityGapAndGrace(ms(30), ms(60)))
          .count(sesStore("s", L)).toStream(), "out", W, L);
    }});

    all.add("close_session", Inputs.of(
        words("in").nullValues(5)).headers(15).pace(30).jumps(4, 300).far(4, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(SessionWindows.ofInactivityGapAndGrace(ms(30), ms(40)))
          .emitStrategy(EmitStrategy.onWindowClose())
          .count(sesStore("s", L).withRetention(ms(10_000))).toStream(), "out", W, L);
    }});

    all.add("suppress_session", Inputs.of(
        words("in").nullValues(5)).headers(15).pace(30).jumps(4, 300).far(4, 300), () -> new Dsl() {{
      to(stream("in").groupByKey().windowedBy(SessionWindows.ofInactivityGapAndGrace(ms(30), ms(40)))
          .count(sesStore("s", L))
          .suppress(Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded())).toStream(), "out", W, L);
    }});
  }
}
