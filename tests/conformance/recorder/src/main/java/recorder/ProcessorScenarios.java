package recorder;

import static recorder.TopicInputs.words;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/** Processors, punctuation, topologies without the DSL. README.md of the vectors says what each scenario is about. */
final class ProcessorScenarios {
  private ProcessorScenarios() {}

  static void add(Scenarios all) {
    all.add("process_headers", Inputs.of(words("in").nullKeys(5).nullValues(5)).headers(55), () -> new Dsl() {{
      to(stream("in").process(proc((ctx, r) -> {
        String h = header(r.headers(), "h");
        r.headers().remove("x");
        r.headers().add("seen", (word(r.value()) + h).getBytes());
        ctx.forward(r.withValue(r.value() + "/" + h));
      })), "out", S, S);
    }});

    all.add("process_dedup", Inputs.of(words("in").nullKeys(5).nullValues(5).below(3)).headers(15), () -> new Dsl() {{
      addKv("seen", L);
      to(stream("in").process(proc((ctx, r) -> {
        KeyValueStore<String, Long> st = ctx.getStateStore("seen");
        if (st.putIfAbsent(r.key() + "/" + r.value(), r.timestamp()) == null) ctx.forward(r);
      }), "seen"), "out", S, S);
    }});

    all.add("process_values", Inputs.of(words("in").neverNullKeys().nullValues(5)), () -> new Dsl() {{
      addKv("sum", L);
      to(stream("in").processValues(fixed((ctx, r) -> {
        KeyValueStore<String, Long> st = ctx.getStateStore("sum");
        Long old = st.get(r.key());
        long sum = (old == null ? 0 : old) + num(r.value());
        st.put(r.key(), sum);
        ctx.forward(sum % 3 == 0 ? r.withValue(sum).withTimestamp(r.timestamp() + 5) : r.withValue(sum));
      }), "sum"), "out", S, L);
    }});

    all.add("process_metadata", Inputs.of(
        words("in1").nullKeys(5).nullValues(5),
        words("in2").nullKeys(5).nullValues(5)), () -> new Dsl() {{
      to(stream("in1").merge(stream("in2")).process(proc((ctx, r) -> {
        var m = ctx.recordMetadata().get();
        ctx.forward(r.withValue(m.topic() + "-" + m.partition() + "@" + m.offset() + "/" + r.value()));
      })), "out", S, S);
    }});

    all.add("process_retime", Inputs.of(words("in")).far(4, 400), () -> new Dsl() {{
      KStream<String, String> s = stream("in").process(proc((ctx, r) -> {
        int n = num(r.value());
        if (n % 4 != 0) ctx.forward(r.withTimestamp(r.timestamp() + 10 * n));
        if (n % 4 == 1) ctx.forward(new Record<>(r.key() + r.key(), "new", r.timestamp()));
      }));
      to(s, "out", S, S);
      to(s.groupByKey().windowedBy(TimeWindows.ofSizeAndGrace(ms(100), ms(50))).count(winStore("w", L)).toStream(),
          "counts", W, L);
    }});

    all.add("punctuate_stream_time", Inputs.of(words("in")).headers(15).jumps(5, 400), () -> new Dsl() {{
      long[] n = {0};
      to(stream("in").process(proc(ctx -> ctx.schedule(ms(50), PunctuationType.STREAM_TIME, t -> {
        ctx.forward(new Record<>("punct", n[0] + "@" + ctx.currentStreamTimeMs(), t));
        n[0] = 0;
      }), (ctx, r) -> { n[0]++; if (num(r.value()) > 14) ctx.forward(r); })), "out", S, S);
    }});

    all.add("punctuate_wall_clock", Inputs.of(words("in").neverNullKeys()).wallClock(28, 230), () -> new Dsl() {{
      addKv("buf", S);
      to(stream("in").process(proc(ctx -> ctx.schedule(ms(100), PunctuationType.WALL_CLOCK_TIME, t -> {
        KeyValueStore<String, String> st = ctx.getStateStore("buf");
        List<String> keys = new ArrayList<>();
        try (KeyValueIterator<String, String> it = st.all()) {
          while (it.hasNext()) { var e = it.next(); keys.add(e.key); ctx.forward(new Record<>(e.key,
              e.value + "@" + ctx.currentStreamTimeMs(), t)); }
        }
        for (String k : keys) st.delete(k);
        ctx.forward(new Record<>("tick", Long.toString(ctx.currentSystemTimeMs()), t));
      }), (ctx, r) -> {
        KeyValueStore<String, String> st = ctx.getStateStore("buf");
        String old = st.get(r.key());
        st.put(r.key(), old == null ? r.value() : cat(old, r.value()));
      }), "buf"), "out", S, S);
    }});

    all.add("punctuate_cancel", Inputs.of(words("in")).wallClock(17, 120), () -> new Dsl() {
      final Cancellable[] jobs = new Cancellable[2];
      final int[] calls = new int[2];
      void restart(ProcessorContext<String, String> ctx, int i) {
        calls[i] = 0;
        jobs[i] = ctx.schedule(ms(i == 0 ? 70 : 40),
            i == 0 ? PunctuationType.WALL_CLOCK_TIME : PunctuationType.STREAM_TIME, t -> {
          ctx.forward(new Record<>(i == 0 ? "wall" : "stream", "#" + ++calls[i], t));
          if (calls[i] == 5) { jobs[i].cancel(); jobs[i] = null; }
        });
      }
      {
        ProcessorSupplier<String, String, String, String> sup = proc(ctx -> {
          restart(ctx, 0); restart(ctx, 1);
        }, (ctx, r) -> {
          if (num(r.value()) == 19) for (int i = 0; i < 2; i++) if (jobs[i] == null) restart(ctx, i);
        });
        to(stream("in").process(sup), "out", S, S);
      }
    });

    all.add("papi_topology", Inputs.of(
        words("in1").nullKeys(10).nullValues(5),
        words("in2").nullKeys(5).nullValues(5)).headers(15), () -> new Dsl() {{
      in("in1", S); in("in2", S);
      out("out-a", S, S); out("out-b", S, S);
      topology = new Topology()
          .addSource("src", S.deserializer(), S.deserializer(), "in1", "in2")
          .addProcessor("proc", Dsl.<String, String>proc((ctx, r) -> {
            KeyValueStore<String, Long> st = ctx.getStateStore("n");
            String id = r.key() == null ? "null" : r.key();
            long n = st.get(id) == null ? 1 : st.get(id) + 1;
            st.put(id, n);
            if (n % 3 == 0) ctx.forward(r.withValue(r.value() + "#" + n), "sinkA");
            else if (n % 3 == 1) ctx.forward(r.withValue(r.value() + "#" + n), "sinkB");
            else ctx.forward(r.withValue("all:" + r.value()));
          }), "src")
          .addStateStore(Stores.keyValueStoreBuilder(kvSupplier("n"), S, L), "proc")
          .addSink("sinkA", "out-a", logged(S).serializer(), S.serializer(), "proc")
          .addSink("sinkB", "out-b", logged(S).serializer(), S.serializer(), "proc");
    }});

    all.add("process_shared_store", Inputs.of(
        words("ref").neverNullKeys().nullValues(5),
        words("in").neverNullKeys().nullValues(5).weight(2)), () -> new Dsl() {{
      addKv("ref", S);
      stream("ref").process(proc((ctx, r) -> {
        KeyValueStore<String, String> st = ctx.getStateStore("ref");
        if (r.value() == null) st.delete(r.key()); else st.put(r.key(), r.value());
      }), "ref");
      to(stream("in").process(proc((ctx, r) -> {
        KeyValueStore<String, String> st = ctx.getStateStore("ref");
        ctx.forward(r.withValue(r.value() + "+" + st.get(r.key())));
      }), "ref"), "out", S, S);
    }});
  }
}
