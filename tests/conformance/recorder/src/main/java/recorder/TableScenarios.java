package recorder;

import static recorder.TopicInputs.longs;
import static recorder.TopicInputs.words;

import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.state.KeyValueStore;

/** Operators of tables. README.md of the vectors says what each scenario is about. */
final class TableScenarios {
  private TableScenarios() {}

  static void add(Scenarios all) {
    all.add("table_source", Inputs.of(words("in").nullKeys(5).nullValues(25)).headers(20), () -> new Dsl() {{
      to(table("in", "t").toStream(), "out", S, S);
    }});

    all.add("table_filter", Inputs.of(words("in").nullValues(15)).headers(20), () -> new Dsl() {{
      to(table("in", "t").filter((k, v) -> num(v) % 2 == 0).toStream(), "out", S, S);
    }});

    all.add("table_filter_materialized", Inputs.of(words("in").nullValues(15)), () -> new Dsl() {{
      to(table("in", "t").filter((k, v) -> num(v) % 2 == 0, kvStore("f", S)).toStream(), "out", S, S);
    }});

    all.add("table_filter_plain_source", Inputs.of(words("in").nullValues(20)), () -> new Dsl() {{
      to(table("in").filter((k, v) -> num(v) % 2 == 0).toStream(), "out", S, S);
    }});

    all.add("table_filter_not", Inputs.of(words("in").nullValues(15)), () -> new Dsl() {{
      to(table("in", "t").filterNot((k, v) -> num(v) % 3 == 0).toStream(), "out", S, S);
    }});

    all.add("table_filter_chain", Inputs.of(words("in").nullValues(15)), () -> new Dsl() {{
      KTable<String, String> a = table("in", "t").filter((k, v) -> num(v) > 4).mapValues(v -> v + "!");
      to(a.toStream(), "out-a", S, S);
      to(a.filterNot((k, v) -> word(v).startsWith("c"), kvStore("b", S)).toStream(), "out-b", S, S);
    }});

    all.add("table_map_values", Inputs.of(words("in").nullValues(15)), () -> new Dsl() {{
      to(table("in", "t").mapValues((k, v) -> k + "/" + v).toStream(), "out", S, S);
    }});

    all.add("table_map_values_materialized", Inputs.of(words("in").nullValues(15)), () -> new Dsl() {{
      to(table("in", "t").mapValues(v -> num(v) % 5 == 0 ? null : v + "!", kvStore("m", S)).toStream(), "out", S, S);
    }});

    all.add("table_transform_values", Inputs.of(words("in").nullValues(10)), () -> new Dsl() {{
      addKv("calls", L);
      to(table("in", "t").transformValues(transformer((ctx, k, v) -> {
        KeyValueStore<String, Long> st = ctx.store("calls");
        long n = st.get(k) == null ? 1 : st.get(k) + 1;
        st.put(k, n);
        return v == null ? null : v + "#" + n;
      }), kvStore("x", S), "calls").toStream(), "out", S, S);
    }});

    all.add("table_to_stream_key", Inputs.of(words("in").nullValues(20)), () -> new Dsl() {{
      to(table("in", "t").toStream((k, v) -> v == null ? "gone-" + k : word(v)), "out", S, S);
    }});

    all.add("table_group_aggregate", Inputs.of(
        words("in").keys("a b c d e").nullKeys(5).nullValues(10)).headers(15), () -> new Dsl() {{
      to(table("in", "t").groupBy((k, v) -> kv(num(v) % 9 == 0 ? null : word(v).substring(0, 1), k + num(v)), bySS())
          .aggregate(() -> "*", (k, v, a) -> cat(a, "+" + v), (k, v, a) -> cat(a, "-" + v), kvStore("g", S))
          .toStream(), "out", S, S);
    }});

    all.add("table_group_aggregate_same_group", Inputs.of(words("in").nullValues(10)), () -> new Dsl() {{
      to(table("in", "t").groupBy((k, v) -> kv(k.equals("a") ? "A" : "Z", v), bySS())
          .aggregate(() -> "*", (k, v, a) -> cat(a, "+" + v), (k, v, a) -> cat(a, "-" + v), kvStore("g", S))
          .toStream(), "out", S, S);
    }});

    all.add("table_group_count", Inputs.of(
        words("in").keys("a b c d e f").nullValues(15)).headers(15), () -> new Dsl() {{
      to(table("in", "t").groupBy((k, v) -> kv(word(v), v), bySS()).count(kvStore("c", L)).toStream(), "out", S, L);
    }});

    all.add("table_group_reduce", Inputs.of(longs("in").keys("a b c d e f").nullValues(15)), () -> new Dsl() {{
      to(table("in", "t", L).groupBy((k, v) -> kv(v % 2 == 0 ? "even" : "odd", v), bySL())
          .reduce((a, b) -> a + b, (a, b) -> a - b, kvStore("r", L)).toStream(), "out", S, L);
    }});

    all.add("table_group_filtered", Inputs.of(words("in").keys("a b c d e").nullValues(15)), () -> new Dsl() {{
      to(table("in", "t").filter((k, v) -> num(v) > 6).groupBy((k, v) -> kv(word(v).substring(0, 1), v), bySS())
          .count(kvStore("c", L)).toStream(), "out", S, L);
    }});

    all.add("table_unversioned_group", Inputs.of(words("in").nullValues(10)).late(30, 80), () -> new Dsl() {{
      to(table("in", "t").groupBy((k, v) -> kv(word(v).substring(0, 1), v), bySS())
          .aggregate(() -> "*", (k, v, a) -> cat(a, "+" + v), (k, v, a) -> cat(a, "-" + v), kvStore("g", S))
          .toStream(), "out", S, S);
    }});
  }
}
