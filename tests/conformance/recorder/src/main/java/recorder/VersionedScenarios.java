package recorder;

import static recorder.TopicInputs.references;
import static recorder.TopicInputs.words;

import org.apache.kafka.streams.kstream.Joined;

/** Tables with a history, joins as of a time. README.md of the vectors says what each scenario is about. */
final class VersionedScenarios {
  private VersionedScenarios() {}

  static void add(Scenarios all) {
    all.add("st_versioned_inner", Inputs.of(
        words("left").keys("a b c").nullValues(15),
        words("right").keys("a b c").nullValues(10)).late(25, 60).far(12, 300), () -> new Dsl() {{
      to(stream("left").join(versioned("right", "vt", 150), (l, r) -> l + "+" + r), "out", S, S);
    }});

    all.add("st_versioned_left", Inputs.of(
        words("left").keys("a b c").nullKeys(5).nullValues(5),
        words("right").keys("a b c").nullKeys(5).nullValues(10))
            .headers(15).late(25, 60).far(12, 300), () -> new Dsl() {{
      to(stream("left").leftJoin(versioned("right", "vt", 150), (l, r) -> l + "+" + r), "out", S, S);
    }});

    all.add("st_grace_inner", Inputs.of(
        words("left").keys("a b c").nullKeys(5).nullValues(10),
        words("right").keys("a b c").nullKeys(5).nullValues(10)).far(8, 150), () -> new Dsl() {{
      to(stream("left").join(versioned("right", "vt", 200), (l, r) -> l + "+" + r,
          Joined.with(S, S, S, "grace", ms(40))), "out", S, S);
    }});

    all.add("st_grace_left", Inputs.of(
        words("left").keys("a b c").neverNullKeys().nullValues(10),
        words("right").keys("a b c").nullValues(10)).headers(15).far(8, 150), () -> new Dsl() {{
      to(stream("left").leftJoin(versioned("right", "vt", 200), (l, r) -> l + "+" + r,
          Joined.with(S, S, S, "grace", ms(40))), "out", S, S);
    }});

    all.add("table_versioned_source", Inputs.of(
        words("in").keys("a b c").nullValues(10)).late(30, 100).far(10, 400), () -> new Dsl() {{
      to(versioned("in", "vt", 200).toStream(), "out", S, S);
    }});

    all.add("table_versioned_group", Inputs.of(words("in").nullValues(15)).late(30, 80), () -> new Dsl() {{
      to(versioned("in", "vt", 300).groupBy((k, v) -> kv(word(v).substring(0, 1), v), bySS())
          .aggregate(() -> "*", (k, v, a) -> cat(a, "+" + v), (k, v, a) -> cat(a, "-" + v), kvStore("g", S))
          .toStream(), "out", S, S);
    }});

    all.add("table_versioned_filter", Inputs.of(
        words("in").keys("a b c").nullValues(10)).late(30, 80), () -> new Dsl() {{
      to(versioned("in", "vt", 300).filter((k, v) -> num(v) % 2 == 0, kvStore("f", S)).toStream(), "out", S, S);
    }});

    all.add("tt_versioned_inner", Inputs.of(
        words("left").keys("a b c").nullValues(10),
        words("right").keys("a b c").nullValues(10)).late(30, 80), () -> new Dsl() {{
      to(versioned("left", "l", 300).join(versioned("right", "r", 300), (l, r) -> l + "+" + r).toStream(), "out", S, S);
    }});

    all.add("tt_versioned_left", Inputs.of(
        words("left").keys("a b c").nullValues(10),
        words("right").keys("a b c").nullValues(5)).late(30, 80), () -> new Dsl() {{
      to(versioned("left", "l", 300).leftJoin(versioned("right", "r", 300), (l, r) -> l + "+" + r).toStream(),
          "out", S, S);
    }});

    all.add("tt_versioned_outer", Inputs.of(
        words("left").keys("a b c").nullValues(15),
        words("right").keys("a b c").nullValues(15)).late(30, 80), () -> new Dsl() {{
      to(versioned("left", "l", 300).outerJoin(versioned("right", "r", 300), (l, r) -> l + "+" + r).toStream(),
          "out", S, S);
    }});

    all.add("fk_versioned", Inputs.of(
        references("left").keys("a b c d e").nullValues(10),
        words("right").keys("f1 f2 f3 f4").nullValues(5)).late(30, 80), () -> new Dsl() {{
      to(versioned("left", "l", 300).join(versioned("right", "r", 300), v -> fk(v), (l, r) -> l + "+" + r).toStream(),
          "out", S, S);
    }});
  }
}
