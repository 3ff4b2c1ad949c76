package recorder;

import static recorder.TopicInputs.references;
import static recorder.TopicInputs.words;

/** Joins of two tables by a key in the left value. README.md of the vectors says what each scenario is about. */
final class ForeignKeyScenarios {
  private ForeignKeyScenarios() {}

  static void add(Scenarios all) {
    all.add("fk_inner", Inputs.of(
        references("left").keys("a b c d e").nullKeys(5).nullValues(5),
        words("right").keys("f1 f2 f3 f4").nullKeys(5).nullValues(10)).headers(15), () -> new Dsl() {{
      to(table("left", "l").join(table("right", "r"), v -> fk(v), (l, r) -> l + "+" + r).toStream(), "out", S, S);
    }});

    all.add("fk_left", Inputs.of(
        references("left").keys("a b c d e").nullKeys(5).nullValues(10),
        words("right").keys("f1 f2 f3 f4").nullKeys(5).nullValues(10)).headers(15), () -> new Dsl() {{
      to(table("left", "l").leftJoin(table("right", "r"), v -> fk(v), (l, r) -> l + "+" + r).toStream(), "out", S, S);
    }});

    all.add("fk_inner_materialized", Inputs.of(
        references("left").keys("a b c d e").nullValues(10),
        words("right").keys("f1 f2 f3 f4").nullValues(10)), () -> new Dsl() {{
      to(table("left", "l").join(table("right", "r"), v -> fk(v), (l, r) -> l + "+" + r, kvStore("j", S)).toStream(),
          "out", S, S);
    }});

    all.add("fk_left_materialized", Inputs.of(
        references("left").keys("a b c d e").nullValues(15).weight(2),
        words("right").keys("f1 f2 f3 f4").nullValues(15)), () -> new Dsl() {{
      to(table("left", "l").leftJoin(table("right", "r"), v -> fk(v), (l, r) -> l + "+" + r, kvStore("j", S))
          .toStream(), "out", S, S);
    }});

    all.add("fk_by_key", Inputs.of(
        words("left").nullValues(15).weight(2),
        words("right").keys("f1 f2 f3 f4").nullValues(10)), () -> new Dsl() {{
      to(table("left", "l").join(table("right", "r"), (k, v) -> k.equals("d") ? null : "f" + (1 + num(v) % 4),
          (l, r) -> l + "+" + r).toStream(), "out", S, S);
    }});

    all.add("fk_views", Inputs.of(
        references("left").keys("a b c d e").nullValues(10).weight(2),
        words("right").keys("f1 f2 f3 f4").nullValues(10)), () -> new Dsl() {{
      to(table("left", "l").filter((k, v) -> num(v) > 3).leftJoin(table("right", "r")
          .mapValues(v -> num(v) % 4 == 0 ? null : "<" + v + ">"), v -> fk(v), (l, r) -> l + "+" + r).toStream(),
          "out", S, S);
    }});

    all.add("fk_then_group", Inputs.of(
        references("left").keys("a b c d e").nullValues(10).weight(2),
        words("right").keys("f1 f2 f3 f4").nullValues(5)), () -> new Dsl() {{
      to(table("left", "l").join(table("right", "r"), v -> fk(v), (l, r) -> word(r), kvStore("j", S))
          .groupBy((k, v) -> kv(v, k), bySS()).count(kvStore("c", L)).toStream(), "out", S, L);
    }});
  }
}
