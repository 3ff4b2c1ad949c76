package recorder;

import static recorder.TopicInputs.ints;
import static recorder.TopicInputs.longs;
import static recorder.TopicInputs.sentences;
import static recorder.TopicInputs.words;

import org.apache.kafka.streams.kstream.Grouped;

/** Aggregations without windows. README.md of the vectors says what each scenario is about. */
final class AggregationScenarios {
  private AggregationScenarios() {}

  static void add(Scenarios all) {
    all.add("count", Inputs.of(words("in").nullKeys(5).nullValues(5)).headers(15), () -> new Dsl() {{
      to(stream("in").groupByKey().count(kvStore("c", L)).toStream(), "out", S, L);
    }});

    all.add("reduce", Inputs.of(words("in").nullKeys(5).nullValues(5)).headers(15), () -> new Dsl() {{
      to(stream("in").groupByKey().reduce((a, b) -> cat(a, b), kvStore("r", S)).toStream(), "out", S, S);
    }});

    all.add("reduce_null_result", Inputs.of(words("in").nullKeys(5).nullValues(5)), () -> new Dsl() {{
      to(stream("in").groupByKey().reduce((a, b) -> num(b) % 4 == 0 ? null : cat(a, b), kvStore("r", S)).toStream(),
          "out", S, S);
    }});

    all.add("reduce_sum", Inputs.of(longs("in").nullKeys(5).nullValues(5)), () -> new Dsl() {{
      to(longs("in").groupByKey(bySL()).reduce((a, b) -> a + b, kvStore("r", L)).toStream(), "out", S, L);
    }});

    all.add("aggregate", Inputs.of(words("in").nullKeys(5).nullValues(5)).headers(20), () -> new Dsl() {{
      to(stream("in").groupByKey().aggregate(() -> "*", (k, v, agg) -> cat(agg, k + v), kvStore("a", S)).toStream(),
          "out", S, S);
    }});

    all.add("aggregate_null_result", Inputs.of(words("in").nullKeys(5).nullValues(5)), () -> new Dsl() {{
      to(stream("in").groupByKey().aggregate(() -> "*", (k, v, agg) -> num(v) % 5 == 0 ? null : cat(agg, v),
          kvStore("a", S)).toStream(), "out", S, S);
    }});

    all.add("group_by_count", Inputs.of(words("in").nullKeys(10).nullValues(5)), () -> new Dsl() {{
      to(stream("in").groupBy((k, v) -> num(v) % 7 == 0 ? null : word(v)).count(kvStore("c", L)).toStream(),
          "out", S, L);
    }});

    all.add("select_key_count", Inputs.of(words("in").nullKeys(5).nullValues(5)), () -> new Dsl() {{
      to(stream("in").selectKey((k, v) -> num(v) % 7 == 0 ? null : word(v)).groupByKey().count(kvStore("c", L))
          .toStream(), "out", S, L);
    }});

    all.add("word_count", Inputs.of(sentences("in").nullKeys(5).nullValues(5)).headers(15), () -> new Dsl() {{
      to(stream("in").flatMapValues(v -> words(v)).groupBy((k, w) -> w).count(kvStore("counts", L)).toStream(),
          "out", S, L);
    }});

    all.add("reduce_max_int", Inputs.of(ints("in").nullValues(5)), () -> new Dsl() {{
      to(stream("in", I).groupByKey(Grouped.with(S, I)).reduce((a, b) -> Math.max(a, b), kvStore("m", I)).toStream(),
          "out", S, I);
    }});

    all.add("count_of_counts", Inputs.of(words("in").nullKeys(5)), () -> new Dsl() {{
      to(stream("in").groupByKey().count(kvStore("c1", L)).toStream()
          .groupBy((k, n) -> "m" + n % 5, bySL()).count(kvStore("c2", L)).toStream(), "out", S, L);
    }});

    all.add("histogram_of_counts", Inputs.of(words("in").keys("a b c d e f")), () -> new Dsl() {{
      to(stream("in").groupByKey().count(kvStore("c1", L))
          .groupBy((k, n) -> kv("n" + n, n), bySL()).count(kvStore("c2", L)).toStream(), "out", S, L);
    }});
  }
}
