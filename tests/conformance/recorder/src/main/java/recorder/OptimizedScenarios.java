package recorder;

import static recorder.TopicInputs.references;
import static recorder.TopicInputs.words;

import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.TimeWindows;

/** Topologies that Kafka Streams may optimise. README.md of the vectors says what each scenario is about. */
final class OptimizedScenarios {
  private OptimizedScenarios() {}

  static void add(Scenarios all) {
    all.add("ss_self_optimized", Inputs.of(words("in").keys("a b c")).pace(15), () -> new Dsl() {{
      KStream<String, String> s = stream("in");
      to(s.join(s, (l, r) -> l + "+" + r, JoinWindows.ofTimeDifferenceAndGrace(ms(40), ms(20))), "out", S, S);
    }}).optimized();

    all.add("table_source_optimized", Inputs.of(words("in").nullKeys(5).nullValues(20)), () -> new Dsl() {{
      to(table("in", "t").toStream(), "out", S, S);
    }}).optimized();

    all.add("two_counts_optimized", Inputs.of(words("in").nullKeys(5).nullValues(5)), () -> new Dsl() {{
      KStream<String, String> s = stream("in").selectKey((k, v) -> word(v));
      to(s.groupByKey().count(kvStore("c", L)).toStream(), "out-count", S, L);
      to(s.groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(200), ms(50)))
          .reduce((a, b) -> cat(a, b), winStore("w", S)).toStream(), "out-window", W, S);
    }}).perTopic().optimized();

    all.add("count_and_join_optimized", Inputs.of(
        references("in").nullValues(5).weight(2),
        words("t").keys("f1 f2 f3 f4").nullValues(5)), () -> new Dsl() {{
      KStream<String, String> s = stream("in").filter((k, v) -> v != null).selectKey((k, v) -> fk(v));
      to(s.groupByKey().count(kvStore("c", L)).toStream(), "out-count", S, L);
      to(s.join(table("t", "t"), (l, r) -> l + "+" + r), "out-join", S, S);
    }}).perTopic().optimized();
  }
}
