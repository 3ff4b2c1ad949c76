package recorder;

import static recorder.TopicInputs.longs;
import static recorder.TopicInputs.words;

import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.StreamJoined;

/** Joins of two streams. README.md of the vectors says what each scenario is about. */
final class StreamJoinScenarios {
  private StreamJoinScenarios() {}

  static void add(Scenarios all) {
    all.add("ss_inner", Inputs.of(
        words("left").keys("a b c").nullKeys(5).nullValues(5),
        words("right").keys("a b c").nullKeys(5).nullValues(5)).headers(20).far(6, 230), () -> new Dsl() {{
      to(stream("left").join(stream("right"), (l, r) -> l + "+" + r, JoinWindows.ofTimeDifferenceWithNoGrace(ms(50))),
          "out", S, S);
    }});

    all.add("ss_inner_grace", Inputs.of(
        words("left").keys("a b c").nullKeys(5).nullValues(5),
        words("right").keys("a b c").nullKeys(5).nullValues(5)).far(6, 230), () -> new Dsl() {{
      to(stream("left").join(stream("right"), (l, r) -> l + "+" + r,
          JoinWindows.ofTimeDifferenceAndGrace(ms(50), ms(40))), "out", S, S);
    }});

    all.add("ss_left", Inputs.of(
        words("left").keys("a b c").nullKeys(5).nullValues(5),
        words("right").keys("a b c").nullKeys(5).nullValues(5))
            .headers(15).jumps(4, 200).far(5, 220), () -> new Dsl() {{
      to(stream("left").leftJoin(stream("right"), (l, r) -> l + "+" + r,
          JoinWindows.ofTimeDifferenceWithNoGrace(ms(50))), "out", S, S);
    }});

    all.add("ss_left_grace", Inputs.of(
        words("left").keys("a b c").nullKeys(5).nullValues(5),
        words("right").keys("a b c").nullKeys(5)).jumps(4, 200).far(5, 220), () -> new Dsl() {{
      to(stream("left").leftJoin(stream("right"), (l, r) -> l + "+" + r,
          JoinWindows.ofTimeDifferenceAndGrace(ms(30), ms(40))), "out", S, S);
    }});

    all.add("ss_outer", Inputs.of(
        words("left").keys("a b c").nullKeys(5).nullValues(5),
        words("right").keys("a b c").nullKeys(5).nullValues(5)).jumps(4, 200).far(5, 220), () -> new Dsl() {{
      to(stream("left").outerJoin(stream("right"), (l, r) -> l + "+" + r,
          JoinWindows.ofTimeDifferenceWithNoGrace(ms(50))), "out", S, S);
    }});

    all.add("ss_outer_grace", Inputs.of(
        words("left").keys("a b c").nullKeys(5).nullValues(5),
        words("right").keys("a b c").nullKeys(5).nullValues(5))
            .headers(20).jumps(4, 200).far(5, 220), () -> new Dsl() {{
      to(stream("left").outerJoin(stream("right"), (l, r) -> l + "+" + r,
          JoinWindows.ofTimeDifferenceAndGrace(ms(30), ms(40))), "out", S, S);
    }});

    all.add("ss_inner_asymmetric", Inputs.of(
        words("left").keys("a b c").nullValues(5),
        words("right").keys("a b c").nullValues(5)).far(6, 230), () -> new Dsl() {{
      to(stream("left").join(stream("right"), (l, r) -> l + "+" + r,
          JoinWindows.ofTimeDifferenceAndGrace(ms(10), ms(30)).after(ms(70))), "out", S, S);
    }});

    all.add("ss_left_asymmetric", Inputs.of(
        words("left").keys("a b c"),
        words("right").keys("a b c")).far(6, 230), () -> new Dsl() {{
      to(stream("left").leftJoin(stream("right"), (l, r) -> l + "+" + r,
          JoinWindows.ofTimeDifferenceAndGrace(ms(60), ms(20)).before(ms(0))), "out", S, S);
    }});

    all.add("ss_outer_before_only", Inputs.of(
        words("left").keys("a b"),
        words("right").keys("a b")).far(6, 230), () -> new Dsl() {{
      to(stream("left").outerJoin(stream("right"), (l, r) -> l + "+" + r,
          JoinWindows.ofTimeDifferenceAndGrace(ms(60), ms(20)).after(ms(-20))), "out", S, S);
    }});

    all.add("ss_inner_edges", Inputs.of(
        words("left").keys("a b"),
        words("right").keys("a b")).multiplesOf(25).pace(40).late(25, 100), () -> new Dsl() {{
      to(stream("left").join(stream("right"), (l, r) -> l + "+" + r,
          JoinWindows.ofTimeDifferenceAndGrace(ms(50), ms(25))), "out", S, S);
    }});

    all.add("ss_outer_edges", Inputs.of(
        words("left").keys("a b"),
        words("right").keys("a b")).multiplesOf(25).pace(60).late(20, 100), () -> new Dsl() {{
      to(stream("left").outerJoin(stream("right"), (l, r) -> l + "+" + r,
          JoinWindows.ofTimeDifferenceAndGrace(ms(50), ms(25))), "out", S, S);
    }});

    all.add("ss_left_zero", Inputs.of(
        words("left").keys("a b"),
        words("right").keys("a b")).multiplesOf(10).pace(15).late(20, 30), () -> new Dsl() {{
      to(stream("left").leftJoin(stream("right"), (l, r) -> l + "+" + r,
          JoinWindows.ofTimeDifferenceAndGrace(ms(0), ms(20))), "out", S, S);
    }});

    all.add("ss_inner_with_key", Inputs.of(
        words("left").keys("a b c").nullKeys(5).nullValues(5),
        longs("right").keys("a b c").nullKeys(5).nullValues(5)), () -> new Dsl() {{
      to(stream("left").join(longs("right"), (k, l, r) -> k + ":" + l + "*" + r,
          JoinWindows.ofTimeDifferenceAndGrace(ms(40), ms(20)), StreamJoined.with(S, S, L)), "out", S, S);
    }});

    all.add("ss_self", Inputs.of(words("in").keys("a b c")).pace(15), () -> new Dsl() {{
      KStream<String, String> s = stream("in");
      to(s.join(s, (l, r) -> l + "+" + r, JoinWindows.ofTimeDifferenceAndGrace(ms(40), ms(20))), "out", S, S);
    }});

    all.add("ss_inner_rekeyed", Inputs.of(
        words("left").keys("a b c").nullValues(5),
        words("right").keys("a b c").nullValues(5)), () -> new Dsl() {{
      to(stream("left").selectKey((k, v) -> word(v).substring(0, 1))
          .join(stream("right").selectKey((k, v) -> word(v).substring(0, 1)), (l, r) -> l + "+" + r,
          JoinWindows.ofTimeDifferenceAndGrace(ms(80), ms(20))), "out", S, S);
    }});

    all.add("ss_three_way", Inputs.of(
        words("a").keys("a b"),
        words("b").keys("a b"),
        words("c").keys("a b")).pace(15), () -> new Dsl() {{
      to(stream("a").join(stream("b"), (l, r) -> l + "+" + r, JoinWindows.ofTimeDifferenceAndGrace(ms(40), ms(30)))
          .leftJoin(stream("c"), (l, r) -> l + "+" + r, JoinWindows.ofTimeDifferenceAndGrace(ms(30), ms(30))),
          "out", S, S);
    }});

    all.add("quirk_ss_outer_zero_no_grace", Inputs.of(
        words("left").keys("a b"),
        words("right").keys("a b")).multiplesOf(10).pace(15).late(20, 30), () -> new Dsl() {{
      to(stream("left").outerJoin(stream("right"), (l, r) -> l + "+" + r,
          JoinWindows.ofTimeDifferenceWithNoGrace(ms(0))), "out", S, S);
    }});
  }
}
