package recorder;

import static recorder.TopicInputs.references;
import static recorder.TopicInputs.words;

import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;

/** Joins of a stream with a table. README.md of the vectors says what each scenario is about. */
final class StreamTableJoinScenarios {
  private StreamTableJoinScenarios() {}

  static void add(Scenarios all) {
    all.add("st_inner", Inputs.of(
        words("left").keys("a b c").nullKeys(5).nullValues(10),
        words("right").keys("a b c").nullKeys(5).nullValues(15)).headers(15), () -> new Dsl() {{
      to(stream("left").join(table("right", "t"), (l, r) -> l + "+" + r), "out", S, S);
    }});

    all.add("st_left", Inputs.of(
        words("left").keys("a b c").nullKeys(5).nullValues(10),
        words("right").keys("a b c").nullKeys(5).nullValues(10)), () -> new Dsl() {{
      to(stream("left").leftJoin(table("right", "t"), (l, r) -> l + "+" + r), "out", S, S);
    }});

    all.add("st_inner_rekeyed", Inputs.of(
        references("left").nullValues(10),
        words("right").keys("f1 f2 f3 f4").nullValues(5)), () -> new Dsl() {{
      to(stream("left").selectKey((k, v) -> v == null ? null : v.substring(0, v.indexOf(':')))
          .join(table("right", "t"), (k, l, r) -> k + "=" + l + "+" + r), "out", S, S);
    }});

    all.add("st_view", Inputs.of(
        words("left").keys("a b c").nullValues(10),
        words("right").keys("a b c").nullValues(15)), () -> new Dsl() {{
      to(stream("left").leftJoin(table("right", "t").filter((k, v) -> num(v) % 3 != 0).mapValues(v -> "<" + v + ">"),
          (l, r) -> l + "+" + r), "out", S, S);
    }});

    all.add("st_own_count", Inputs.of(words("in").keys("a b c")), () -> new Dsl() {{
      KStream<String, String> s = stream("in");
      KTable<String, Long> n = s.groupByKey().count(kvStore("n", L));
      to(s.join(n, (v, c) -> v + "#" + c), "out", S, S);
    }});

    all.add("st_table_and_stream_of_one_topic", Inputs.of(words("in").keys("a b c").nullValues(5)), () -> new Dsl() {{
      KTable<String, String> t = table("in", "t");
      to(t.toStream().join(t, (l, r) -> l + "+" + r), "out", S, S);
    }});

    all.add("sg_inner", Inputs.of(
        references("left").nullKeys(5).nullValues(5).weight(2),
        words("right").keys("f1 f2 f3 f4").nullKeys(5).nullValues(5)), () -> new Dsl() {{
      to(stream("left").join(global("right", "g"), (k, v) -> v == null ? null : v.substring(0, v.indexOf(':')),
          (l, r) -> l + "+" + r), "out", S, S);
    }});

    all.add("sg_left", Inputs.of(
        references("left").nullKeys(5).nullValues(10),
        words("right").keys("f1 f2 f3 f4").nullKeys(5).nullValues(5)).headers(15), () -> new Dsl() {{
      to(stream("left").leftJoin(global("right", "g"), (k, v) -> v == null || num(v) % 6 == 0 ? null : v.substring(0,
          v.indexOf(':')), (l, r) -> l + "+" + r), "out", S, S);
    }});
  }
}
