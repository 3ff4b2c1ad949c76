package recorder;

import static recorder.TopicInputs.longs;
import static recorder.TopicInputs.references;
import static recorder.TopicInputs.words;

import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.TimeWindows;

/** Whole applications. README.md of the vectors says what each scenario is about. */
final class ApplicationScenarios {
  private ApplicationScenarios() {}

  static void add(Scenarios all) {
    all.add("two_counts", Inputs.of(words("in").nullKeys(5).nullValues(5)), () -> new Dsl() {{
      KStream<String, String> s = stream("in").selectKey((k, v) -> word(v));
      to(s.groupByKey().count(kvStore("c", L)).toStream(), "out-count", S, L);
      to(s.groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(200), ms(50)))
          .reduce((a, b) -> cat(a, b), winStore("w", S)).toStream(), "out-window", W, S);
    }}).perTopic();

    all.add("order_pipeline", Inputs.of(
        references("orders").nullValues(5).weight(3),
        words("customers").nullValues(5),
        words("regions").keys("f1 f2 f3 f4").nullValues(10),
        words("shipments").nullValues(5).weight(3)).steps(200).headers(15).pace(10), () -> new Dsl() {{
      KStream<String, String> o = stream("orders").filter((k, v) -> v != null)
          .leftJoin(table("customers", "customers"), (l, r) -> l + "/" + r)
          .join(global("regions", "regions"), (k, v) -> v.substring(0, v.indexOf(':')), (l, r) -> l + "/" + r);
      KStream<String, String> s = o.join(stream("shipments"), (l, r) -> l + "~" + r,
          JoinWindows.ofTimeDifferenceAndGrace(ms(40), ms(20)));
      to(s, "shipped", S, S);
      to(s.groupBy((k, v) -> v.substring(0, v.indexOf(':'))).windowedBy(TimeWindows.ofSizeAndGrace(ms(200), ms(50)))
          .count(winStore("per-region", L))
          .suppress(Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded())).toStream(), "per-region", W, L);
    }});

    all.add("page_views", Inputs.of(
        words("views").keys("a b c d e").weight(3),
        words("users").keys("a b c d e").below(3)).steps(200).pace(15).far(5, 500), () -> new Dsl() {{
      to(stream("views").join(table("users", "users"), (v, u) -> word(u)).selectKey((k, v) -> v).groupByKey()
          .windowedBy(TimeWindows.ofSizeAndGrace(ms(120), ms(30)).advanceBy(ms(60)))
          .emitStrategy(EmitStrategy.onWindowClose())
          .count(winStore("views-per-word", L).withRetention(ms(10_000)))
          .toStream().filter((w, n) -> n > 1), "out", W, L);
    }});

    all.add("session_alerts", Inputs.of(longs("in").neverNullValues()).steps(160).late(15, 40), () -> new Dsl() {{
      to(longs("in").groupByKey(bySL()).windowedBy(SessionWindows.ofInactivityGapAndGrace(ms(40), ms(40)))
          .aggregate(() -> 0L, (k, v, a) -> a + v, (k, a, b) -> a + b, sesStore("s", L))
          .toStream().filter((w, n) -> n != null && n > 25).map((w, n) -> kv(w.key() + "@" + w.window().start(), n))
          .toTable(kvStore("alerts", L)).toStream(), "out", S, L);
    }});

    all.add("loopless_feedback", Inputs.of(words("in").keys("a b c")).steps(100), () -> new Dsl() {{
      KStream<String, String> s = stream("in");
      KTable<String, Long> n = s.groupBy((k, v) -> word(v).substring(0, 1)).count(kvStore("n", L));
      KTable<String, String> top = n.toStream().filter((k, c) -> c % 2 == 0).mapValues((k, c) -> k + c)
          .toTable(kvStore("top", S));
      to(top.toStream(), "top", S, S);
      to(s.selectKey((k, v) -> word(v).substring(0, 1)).leftJoin(top, (v, t) -> v + "+" + t), "out", S, S);
    }}).perTopic();
  }
}
