package recorder;

import static recorder.TopicInputs.longs;
import static recorder.TopicInputs.words;

import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.SlidingWindows;
import org.apache.kafka.streams.kstream.TimeWindows;

/** Streams that share one aggregate. README.md of the vectors says what each scenario is about. */
final class CogroupScenarios {
  private CogroupScenarios() {}

  static void add(Scenarios all) {
    all.add("cogroup", Inputs.of(
        words("in1").nullKeys(5).nullValues(10),
        longs("in2").nullKeys(5).nullValues(5)).headers(15), () -> new Dsl() {{
      KGroupedStream<String, String> a = stream("in1").groupByKey();
      KGroupedStream<String, Long> b = longs("in2").groupByKey(bySL());
      to(a.cogroup((String k, String v, String agg) -> cat(agg, v)).cogroup(b, (k, v, agg) -> cat(agg, "n" + v))
          .aggregate(() -> "*", kvStore("cg", S)).toStream(), "out", S, S);
    }});

    all.add("cogroup_tumbling", Inputs.of(
        words("in1").nullKeys(5).nullValues(5),
        words("in2").nullKeys(5)).far(5, 300), () -> new Dsl() {{
      KGroupedStream<String, String> a = stream("in1").groupByKey(), b = stream("in2").groupByKey();
      to(a.cogroup((String k, String v, String agg) -> cat(agg, "1" + v)).cogroup(b, (k, v, agg) -> cat(agg, "2" + v))
          .windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(50))).aggregate(() -> "*", winStore("w", S)).toStream(),
          "out", W, S);
    }});

    all.add("cogroup_sliding", Inputs.of(
        words("in1").keys("a b"),
        words("in2").keys("a b")).far(5, 300), () -> new Dsl() {{
      KGroupedStream<String, String> a = stream("in1").groupByKey(), b = stream("in2").groupByKey();
      to(a.cogroup((String k, String v, String agg) -> cat(agg, "1" + v)).cogroup(b, (k, v, agg) -> cat(agg, "2" + v))
          .windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(ms(40), ms(60))).aggregate(() -> "*", winStore("w", S))
          .toStream(), "out", W, S);
    }}).perKey();

    all.add("cogroup_session", Inputs.of(
        words("in1").nullKeys(5),
        words("in2").nullValues(5)).pace(25).far(5, 300), () -> new Dsl() {{
      KGroupedStream<String, String> a = stream("in1").groupByKey(), b = stream("in2").groupByKey();
      to(a.cogroup((String k, String v, String agg) -> cat(agg, "1" + v)).cogroup(b, (k, v, agg) -> cat(agg, "2" + v))
          .windowedBy(SessionWindows.ofInactivityGapAndGrace(ms(25), ms(50)))
          .aggregate(() -> "*", (k, x, y) -> cat(x, "&" + y), sesStore("s", S)).toStream(), "out", W, S);
    }});
  }
}
