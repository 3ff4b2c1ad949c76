package recorder;

import static recorder.TopicInputs.words;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.kstream.internals.SessionWindow;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.SessionStore;
import org.apache.kafka.streams.state.VersionedKeyValueStore;
import org.apache.kafka.streams.state.WindowStore;

/** Stores as processors use them. README.md of the vectors says what each scenario is about. */
final class StoreScenarios {
  private StoreScenarios() {}

  static void add(Scenarios all) {
    all.add("store_kv_ops", Inputs.of(words("in").keys("a b c d e").neverNullKeys()), () -> new Dsl() {{
      addKv("kv", S);
      to(stream("in").process(proc((ctx, r) -> {
        KeyValueStore<String, String> st = ctx.getStateStore("kv");
        String k = r.key() + num(r.value()) % 4, res;
        switch (num(r.value()) % 10) {
          case 0: res = "delete=" + st.delete(k); break;
          case 1: res = "absent=" + st.putIfAbsent(k, r.value()); break;
          case 2: res = "range=" + rows(st.range("b", r.key() + "2"), (a, b) -> a + "=" + b); break;
          case 3: res = "reverse=" + rows(st.reverseRange("b", null), (a, b) -> a + "=" + b); break;
          case 4: res = "prefix=" + rows(st.prefixScan(r.key(), new StringSerializer()), (a, b) -> a + "=" + b); break;
          case 5: res = "all=" + rows(st.all(), (a, b) -> a + "=" + b); break;
          case 6: st.put(k, null); res = "putnull"; break;
          case 7: st.putAll(List.of(kv(r.key() + "8", r.value()),
              kv(r.key() + "9", word(r.value())))); res = "putAll"; break;
          default: st.put(k, r.value()); res = "put=" + st.get(k);
        }
        ctx.forward(r.withValue(res));
      }), "kv"), "out", S, S);
    }});

    all.add("store_window_ops", Inputs.of(
        words("in").keys("a b c").neverNullKeys().nullValues(10)).jumps(5, 600).far(5, 500), () -> new Dsl() {{
      addWindow("ws", 300, 50, false);
      to(stream("in").process(proc((ctx, r) -> {
        WindowStore<String, String> st = ctx.getStateStore("ws");
        long t = r.timestamp() - r.timestamp() % 10;
        st.put(r.key(), r.value(), t);
        String res = st.fetch(r.key(), t) + "|" + rows(st.fetch(r.key(), Math.max(0, t - 100), t + 100));
        if (num(r.value()) % 2 == 1) res += "|" + rows(st.backwardFetch(r.key(), 0L, t + 1000));
        ctx.forward(r.withValue(res));
      }), "ws"), "out", S, S);
    }});

    all.add("store_window_duplicates", Inputs.of(
        words("in").keys("a b").neverNullKeys().nullValues(10)).multiplesOf(20).pace(25).far(4, 400), () -> new Dsl() {{
      addWindow("wd", 200, 50, true);
      to(stream("in").process(proc((ctx, r) -> {
        WindowStore<String, String> st = ctx.getStateStore("wd");
        st.put(r.key(), r.value(), r.timestamp());
        ctx.forward(r.withValue(rows(st.fetch(r.key(), Math.max(0, r.timestamp() - 60), r.timestamp() + 20))));
      }), "wd"), "out", S, S);
    }});

    all.add("store_session_ops", Inputs.of(words("in").keys("a b c").neverNullKeys()).far(5, 430), () -> new Dsl() {{
      addSession("ss", 300);
      to(stream("in").process(proc((ctx, r) -> {
        SessionStore<String, String> st = ctx.getStateStore("ss");
        st.put(new Windowed<>(r.key(), new SessionWindow(r.timestamp(), r.timestamp() + num(r.value()))), r.value());
        String found = rows(st.findSessions(r.key(), r.timestamp() - 50, r.timestamp() + 50), (w, v) -> w.window()
            .start() + "-" + w.window().end() + "=" + v);
        List<Windowed<String>> all = new ArrayList<>();
        String list = rows(st.fetch(r.key()), (w, v) -> { all.add(w); return w.window().start() + "=" + v; });
        if (all.size() > 4) st.remove(all.get(0));
        ctx.forward(r.withValue(found + "|" + list + "|" + st.fetchSession(r.key(), r.timestamp(),
            r.timestamp() + num(r.value()))));
      }), "ss"), "out", S, S);
    }});

    all.add("store_versioned_ops", Inputs.of(
        words("in").keys("a b c").neverNullKeys().nullValues(15)).far(10, 400), () -> new Dsl() {{
      addVersioned("vs", 200);
      to(stream("in").process(proc((ctx, r) -> {
        VersionedKeyValueStore<String, String> st = ctx.getStateStore("vs");
        String res = r.value() == null ? "del:" + show(st.delete(r.key(), r.timestamp())) : "put:" + st.put(r.key(),
            r.value(), r.timestamp());
        ctx.forward(r.withValue(res + "|" + show(st.get(r.key())) + "|" + show(st.get(r.key(),
            r.timestamp() - 30)) + "|" + show(st.get(r.key(), r.timestamp() - 150))));
      }), "vs"), "out", S, S);
    }});
  }
}
