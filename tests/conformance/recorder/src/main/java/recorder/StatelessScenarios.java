package recorder;

import static recorder.TopicInputs.sentences;
import static recorder.TopicInputs.times;
import static recorder.TopicInputs.words;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Branched;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.kstream.TimeWindows;

/** Operators without state, sources and sinks. README.md of the vectors says what each scenario is about. */
final class StatelessScenarios {
  private StatelessScenarios() {}

  static void add(Scenarios all) {
    all.add("filter", Inputs.of(words("in").nullKeys(10).nullValues(15)).headers(20), () -> new Dsl() {{
      to(stream("in").filter((k, v) -> num(v) % 2 == 0), "out", S, S);
    }});

    all.add("filter_not", Inputs.of(words("in").nullKeys(15).nullValues(15)).headers(20), () -> new Dsl() {{
      to(stream("in").filterNot((k, v) -> num(v) % 3 == 0), "out", S, S);
    }});

    all.add("map", Inputs.of(words("in").nullKeys(10).nullValues(10)).headers(20), () -> new Dsl() {{
      to(stream("in").map((k, v) -> kv(word(v), k + ":" + v)), "out", S, S);
    }});

    all.add("map_values", Inputs.of(words("in").nullKeys(10).nullValues(10)).headers(20), () -> new Dsl() {{
      to(stream("in").mapValues(v -> v + "!"), "out", S, S);
    }});

    all.add("map_values_with_key", Inputs.of(words("in").nullKeys(10).nullValues(10)), () -> new Dsl() {{
      to(stream("in").mapValues((k, v) -> num(v) % 5 == 0 ? null : k + "/" + v), "out", S, S);
    }});

    all.add("map_values_to_long", Inputs.of(words("in").nullValues(10)), () -> new Dsl() {{
      to(stream("in").mapValues(v -> (long) num(v) * 10), "out", S, L);
    }});

    all.add("flat_map", Inputs.of(words("in").nullKeys(10).nullValues(10)).headers(20), () -> new Dsl() {{
      to(stream("in").flatMap((k, v) -> {
        List<KeyValue<String, String>> l = new ArrayList<>();
        for (int i = 0; i < num(v) % 4; i++) l.add(kv(k + i, v + "#" + i));
        return l;
      }), "out", S, S);
    }});

    all.add("flat_map_values", Inputs.of(sentences("in").nullKeys(10).nullValues(10)), () -> new Dsl() {{
      to(stream("in").flatMapValues(v -> words(v)), "out", S, S);
    }});

    all.add("flat_map_values_with_key", Inputs.of(sentences("in").nullKeys(10).nullValues(15)), () -> new Dsl() {{
      to(stream("in").flatMapValues((k,
          v) -> { List<String> l = new ArrayList<>(); for (String w : words(v)) l.add(k + "=" + w); return l; }),
          "out", S, S);
    }});

    all.add("select_key", Inputs.of(words("in").nullKeys(10).nullValues(10)), () -> new Dsl() {{
      to(stream("in").selectKey((k, v) -> num(v) % 6 == 0 ? null : word(v)), "out", S, S);
    }});

    all.add("branch", Inputs.of(words("in").nullKeys(5).nullValues(10)), () -> new Dsl() {{
      Map<String, KStream<String, String>> b = stream("in").split(Named.as("b-"))
          .branch((k, v) -> num(v) % 3 == 0, Branched.as("x"))
          .branch((k, v) -> num(v) % 2 == 0, Branched.as("y"))
          .defaultBranch(Branched.as("z"));
      to(b.get("b-x"), "out-x", S, S);
      to(b.get("b-y"), "out-y", S, S);
      to(b.get("b-z").mapValues(v -> "z:" + v), "out-z", S, S);
    }});

    all.add("branch_no_default", Inputs.of(words("in").nullKeys(10).nullValues(5)), () -> new Dsl() {{
      Map<String, KStream<String, String>> b = stream("in").split(Named.as("b-"))
          .branch((k, v) -> num(v) % 4 == 0, Branched.as("x"))
          .branch((k, v) -> num(v) % 4 == 1, Branched.withFunction(s -> s.mapValues(v -> "y:" + v), "y"))
          .noDefaultBranch();
      to(b.get("b-x"), "out-x", S, S);
      to(b.get("b-y"), "out-y", S, S);
    }});

    all.add("merge", Inputs.of(
        words("in1").nullKeys(10).nullValues(5),
        words("in2").nullKeys(5).nullValues(5),
        words("in3").nullKeys(5).nullValues(5)).headers(15), () -> new Dsl() {{
      to(stream("in1").mapValues(v -> "1" + v).merge(stream("in2")).merge(stream("in3").filter((k, v) -> num(v) > 9)),
          "out", S, S);
    }});

    all.add("multi_topic_source", Inputs.of(
        words("in1").nullKeys(5).nullValues(5),
        words("in2").nullKeys(5).nullValues(5)), () -> new Dsl() {{
      in("in1", S); in("in2", S);
      to(builder.<String, String>stream(List.of("in1", "in2")).mapValues((k, v) -> k + v), "out", S, S);
    }});

    all.add("same_topic_twice", Inputs.of(words("in").nullKeys(5).nullValues(5)), () -> new Dsl() {{
      to(stream("in").filter((k, v) -> num(v) % 2 == 0).mapValues(v -> "even:" + v), "out", S, S);
      to(stream("in").mapValues(v -> "all:" + v), "out", S, S);
    }});

    all.add("merge_count", Inputs.of(
        words("in1").nullKeys(5),
        words("in2").nullKeys(5).nullValues(5)), () -> new Dsl() {{
      to(stream("in1").merge(stream("in2")).groupByKey().count(kvStore("c", L)).toStream(), "out", S, L);
    }});

    all.add("fan_out", Inputs.of(words("in").nullKeys(5).nullValues(5)), () -> new Dsl() {{
      KStream<String, String> s = stream("in");
      to(s.filter((k, v) -> num(v) > 9).mapValues(v -> "first:" + v), "out", S, S);
      to(s.flatMapValues(v -> List.of("a", "b")), "out", S, S);
      to(s, "copy", S, S);
      to(s.mapValues(v -> "last:" + v), "out", S, S);
    }});

    all.add("peek_foreach", Inputs.of(words("in").nullKeys(5).nullValues(5)), () -> new Dsl() {{
      long[] n = {0}, m = {0};
      KStream<String, String> s = stream("in");
      s.foreach((k, v) -> n[0]++);
      to(s.peek((k, v) -> m[0] += num(v)).mapValues(v -> v + "|" + n[0] + "|" + m[0]), "out", S, S);
    }});

    all.add("dynamic_topic", Inputs.of(words("in").nullKeys(5).nullValues(5)).headers(15), () -> new Dsl() {{
      toDynamic(stream("in"), (k, v, ctx) -> "out-" + num(v) % 3, S, S, "out-0", "out-1", "out-2");
    }});

    all.add("dynamic_topic_context", Inputs.of(words("in")).headers(50), () -> new Dsl() {{
      toDynamic(stream("in"), (k, v, ctx) -> header(ctx.headers(), "h")
          .equals("-") ? "out-" + ctx.timestamp() % 2 : "out-h", S, S, "out-0", "out-1", "out-h");
    }});

    all.add("repartition", Inputs.of(words("in").nullKeys(15).nullValues(15)).headers(15), () -> new Dsl() {{
      to(stream("in").selectKey((k, v) -> num(v) % 6 == 0 ? null : word(v))
          .repartition(Repartitioned.with(S, S).withName("rp").withNumberOfPartitions(1)).mapValues(v -> "r:" + v),
          "out", S, S);
    }});

    all.add("repartition_two_paths", Inputs.of(words("in").nullKeys(5).nullValues(5)).headers(15), () -> new Dsl() {{
      KStream<String, String> s = stream("in").flatMap((k, v) -> List.of(kv(word(v), v + "x"), kv(word(v), v + "y")));
      to(s.repartition(Repartitioned.with(S, S).withName("rp")), "out-rp", S, S);
      to(s, "out-direct", S, S);
    }}).perTopic();

    all.add("to_table", Inputs.of(words("in").nullKeys(10).nullValues(20)).headers(15), () -> new Dsl() {{
      to(stream("in").toTable(kvStore("t", S)).toStream(), "out", S, S);
    }});

    all.add("to_table_rekeyed", Inputs.of(words("in").nullKeys(5).nullValues(10)), () -> new Dsl() {{
      to(stream("in").map((k, v) -> kv(num(v) % 7 == 0 ? null : word(v), num(v) % 5 == 0 ? null : k + v))
          .toTable(kvStore("t", S)).toStream(), "out", S, S);
    }});

    all.add("timestamp_extractor", Inputs.of(times("in").neverNullValues()), () -> new Dsl() {{
      KStream<String, String> s = stream("in", (rec, partitionTime) -> {
        String v = (String) rec.value();
        return v.startsWith("!") ? -1 : num(v) > 0 ? num(v) : partitionTime;
      });
      to(s, "out", S, S);
      to(s.groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(20))).count(winStore("w", L)).toStream(),
          "counts", W, L);
    }});
  }
}
