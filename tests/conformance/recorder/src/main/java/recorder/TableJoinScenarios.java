package recorder;

import static recorder.TopicInputs.words;

import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;

/** Joins of two tables by their keys. README.md of the vectors says what each scenario is about. */
final class TableJoinScenarios {
  private TableJoinScenarios() {}

  static void add(Scenarios all) {
    all.add("tt_inner", Inputs.of(
        words("left").keys("a b c").nullKeys(5).nullValues(15),
        words("right").keys("a b c").nullKeys(5).nullValues(20)), () -> new Dsl() {{
      to(table("left", "l").join(table("right", "r"), (l, r) -> l + "+" + r).toStream(), "out", S, S);
    }});

    all.add("tt_left", Inputs.of(
        words("left").keys("a b c").nullValues(20),
        words("right").keys("a b c").nullValues(20)).headers(15), () -> new Dsl() {{
      to(table("left", "l").leftJoin(table("right", "r"), (l, r) -> l + "+" + r).toStream(), "out", S, S);
    }});

    all.add("tt_outer", Inputs.of(
        words("left").keys("a b c").nullValues(10),
        words("right").keys("a b c").nullValues(20)), () -> new Dsl() {{
      to(table("left", "l").outerJoin(table("right", "r"), (l, r) -> l + "+" + r).toStream(), "out", S, S);
    }});

    all.add("tt_inner_materialized", Inputs.of(
        words("left").keys("a b c").nullValues(15),
        words("right").keys("a b c").nullValues(15)).headers(15), () -> new Dsl() {{
      to(table("left", "l").join(table("right", "r"), (l, r) -> l + "+" + r, kvStore("j", S)).toStream(), "out", S, S);
    }});

    all.add("tt_outer_materialized", Inputs.of(
        words("left").keys("a b c").nullValues(20),
        words("right").keys("a b c").nullValues(15)), () -> new Dsl() {{
      to(table("left", "l").outerJoin(table("right", "r"), (l, r) -> l + "+" + r, kvStore("j", S)).toStream(),
          "out", S, S);
    }});

    all.add("tt_left_null_result", Inputs.of(
        words("left").keys("a b c").nullValues(10),
        words("right").keys("a b c").nullValues(10)), () -> new Dsl() {{
      to(table("left", "l").leftJoin(table("right", "r"), (l, r) -> num(l) % 3 == 0 ? null : l + "+" + r,
          kvStore("j", S)).toStream(), "out", S, S);
    }});

    all.add("tt_chain", Inputs.of(
        words("a").keys("a b c").nullValues(25),
        words("b").keys("a b c").nullValues(15),
        words("c").keys("a b c").nullValues(15)), () -> new Dsl() {{
      to(table("a", "a").join(table("b", "b"), (l, r) -> l + "+" + r).leftJoin(table("c", "c"), (l, r) -> l + "+" + r)
          .toStream(), "out", S, S);
    }});

    all.add("tt_join_then_group", Inputs.of(
        words("left").nullValues(15),
        words("right").nullValues(10)), () -> new Dsl() {{
      to(table("left", "l").filter((k, v) -> num(v) > 3).join(table("right", "r").mapValues(v -> num(v)),
          (l, r) -> l + r)
          .groupBy((k, v) -> kv(word(v).substring(0, 1), v), bySS())
          .aggregate(() -> "*", (k, v, a) -> cat(a, "+" + v), (k, v, a) -> cat(a, "-" + v), kvStore("g", S))
          .toStream(), "out", S, S);
    }});

    all.add("tt_self", Inputs.of(words("in").keys("a b c").nullValues(10)), () -> new Dsl() {{
      KTable<String, String> t = table("in", "t");
      to(t.join(t.mapValues(v -> "<" + v + ">"), (l, r) -> l + "+" + r).toStream(), "out", S, S);
    }});

    all.add("tt_windowed", Inputs.of(
        words("in1").keys("a b c"),
        words("in2").keys("a b c")).far(5, 300), () -> new Dsl() {{
      KTable<Windowed<String>, Long> a = stream("in1").groupByKey()
          .windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(50))).count(winStore("w1", L));
      KTable<Windowed<String>, Long> b = stream("in2").groupByKey()
          .windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(50))).count(winStore("w2", L));
      to(a.outerJoin(b, (x, y) -> (x == null ? 0 : x) * 100 + (y == null ? 0 : y)).toStream(), "out", W, L);
    }});
  }
}
