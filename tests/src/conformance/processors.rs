//! Processors, their stores and their schedules.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{Text, cat, header, num, text, word};

type Done = Result<(), BoxError>;
type Strings = KeyValue<String, String>;
type Longs = KeyValue<String, i64>;

struct EditHeaders;

impl Processor<Text, Text> for EditHeaders {
    type KeyOut = Text;
    type ValueOut = String;
    type Stores = ();

    fn process<O: Forward<Text, String>>(&mut self, r: Record<'_, Text, Text>, cx: &mut ProcessorContext<'_, ()>, out: &mut O) -> Done {
        let h = header(cx.headers(), "h");
        cx.headers_mut().remove("x");
        cx.headers_mut().add("seen", Some(format!("{}{h}", word(r.value)).as_bytes()));
        out.forward(cx, r.key, &format!("{}/{h}", text(r.value)));
        Ok(())
    }
}

struct Dedup;

impl Processor<Text, Text> for Dedup {
    type KeyOut = Text;
    type ValueOut = Text;
    type Stores = Longs;

    fn process<O: Forward<Text, Text>>(&mut self, r: Record<'_, Text, Text>, cx: &mut ProcessorContext<'_, Longs>, out: &mut O) -> Done {
        let id = format!("{}/{}", text(r.key), text(r.value));
        if cx.store(cx.stores).put_if_absent(&id, r.timestamp_ms)?.is_none() {
            out.forward(cx, r.key, r.value);
        }
        Ok(())
    }
}

struct RunningSum;

impl FixedKeyProcessor<Text, Text> for RunningSum {
    type ValueOut = i64;
    type Stores = Longs;

    fn process<O: ForwardValue<i64>>(&mut self, r: Record<'_, Text, Text>, cx: &mut ProcessorContext<'_, Longs>, out: &mut O) -> Done {
        let sum = cx.store(cx.stores).get(text(r.key))?.copied().unwrap_or(0) + i64::from(num(r.value));
        cx.store(cx.stores).put(text(r.key), sum)?;
        if sum % 3 == 0 {
            out.forward_at(cx, &sum, r.timestamp_ms + 5);
        } else {
            out.forward(cx, &sum);
        }
        Ok(())
    }
}

struct Metadata;

impl Processor<Text, Text> for Metadata {
    type KeyOut = Text;
    type ValueOut = String;
    type Stores = ();

    fn process<O: Forward<Text, String>>(&mut self, r: Record<'_, Text, Text>, cx: &mut ProcessorContext<'_, ()>, out: &mut O) -> Done {
        let shown = format!("{}-{}@{}/{}", cx.topic(), cx.partition(), cx.offset(), text(r.value));
        out.forward(cx, r.key, &shown);
        Ok(())
    }
}

/// Counts records between two calls by stream time.
#[derive(Default)]
struct Meter {
    n: u64,
}

impl Processor<Text, Text> for Meter {
    type KeyOut = Text;
    type ValueOut = Text;
    type Stores = ();

    fn init(&mut self, cx: &mut ProcessorContext<'_, ()>) -> Done {
        cx.schedule(ScheduleKind::StreamTime, 50);
        Ok(())
    }

    fn process<O: Forward<Text, Text>>(&mut self, r: Record<'_, Text, Text>, cx: &mut ProcessorContext<'_, ()>, out: &mut O) -> Done {
        self.n += 1;
        if num(r.value) > 14 {
            out.forward(cx, r.key, r.value);
        }
        Ok(())
    }

    fn punctuate<O: Forward<Text, Text>>(&mut self, _: ScheduleId, t: i64, cx: &mut ProcessorContext<'_, ()>, out: &mut O) -> Done {
        let shown = format!("{}@{}", self.n, cx.stream_time_ms());
        out.forward_at(cx, &Some("punct".to_owned()), &Some(shown), t);
        self.n = 0;
        Ok(())
    }
}

/// Collects, and lets go by wall clock.
struct Buffer;

impl Processor<Text, Text> for Buffer {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = Strings;

    fn init(&mut self, cx: &mut ProcessorContext<'_, Strings>) -> Done {
        cx.schedule(ScheduleKind::WallClock, 100);
        Ok(())
    }

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, Text, Text>,
        cx: &mut ProcessorContext<'_, Strings>,
        _: &mut O,
    ) -> Done {
        let old = cx.store(cx.stores).get(text(r.key))?.cloned();
        match (old, r.value) {
            (Some(old), value) => cx.store(cx.stores).put(text(r.key), cat(&old, text(value)))?,
            (None, Some(first)) => cx.store(cx.stores).put(text(r.key), first.clone())?,
            // A null deletes what is not there.
            (None, None) => {}
        }
        Ok(())
    }

    fn punctuate<O: Forward<String, String>>(
        &mut self,
        _: ScheduleId,
        t: i64,
        cx: &mut ProcessorContext<'_, Strings>,
        out: &mut O,
    ) -> Done {
        for (key, value) in cx.store(cx.stores).all()? {
            let shown = format!("{value}@{}", cx.stream_time_ms());
            out.forward_at(cx, &key, &shown, t);
            cx.store(cx.stores).delete(&key)?;
        }
        let now = cx.wall_clock_ms().to_string();
        out.forward_at(cx, &"tick".to_owned(), &now, t);
        Ok(())
    }
}

/// Two schedules that end themselves at their fifth call; a record with number 19 starts them again.
#[derive(Default)]
struct Restarting {
    jobs: [Option<ScheduleId>; 2],
    calls: [u32; 2],
}

impl Restarting {
    fn restart(&mut self, cx: &mut ProcessorContext<'_, ()>, i: usize) {
        self.calls[i] = 0;
        let (kind, interval_ms) = [(ScheduleKind::WallClock, 70), (ScheduleKind::StreamTime, 40)][i];
        self.jobs[i] = Some(cx.schedule(kind, interval_ms));
    }
}

impl Processor<Text, Text> for Restarting {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = ();

    fn init(&mut self, cx: &mut ProcessorContext<'_, ()>) -> Done {
        self.restart(cx, 0);
        self.restart(cx, 1);
        Ok(())
    }

    fn process<O: Forward<String, String>>(&mut self, r: Record<'_, Text, Text>, cx: &mut ProcessorContext<'_, ()>, _: &mut O) -> Done {
        for i in 0..2 {
            if num(r.value) == 19 && self.jobs[i].is_none() {
                self.restart(cx, i);
            }
        }
        Ok(())
    }

    fn punctuate<O: Forward<String, String>>(&mut self, job: ScheduleId, t: i64, cx: &mut ProcessorContext<'_, ()>, out: &mut O) -> Done {
        let i = usize::from(self.jobs[0] != Some(job));
        self.calls[i] += 1;
        let (key, shown) = (["wall", "stream"][i].to_owned(), format!("#{}", self.calls[i]));
        out.forward_at(cx, &key, &shown, t);
        if self.calls[i] == 5 {
            cx.cancel(job);
            self.jobs[i] = None;
        }
        Ok(())
    }
}

struct Remember;

impl Processor<Text, Text> for Remember {
    type KeyOut = ();
    type ValueOut = ();
    type Stores = Strings;

    fn process<O: Forward<(), ()>>(&mut self, r: Record<'_, Text, Text>, cx: &mut ProcessorContext<'_, Strings>, _: &mut O) -> Done {
        match r.value {
            None => {
                cx.store(cx.stores).delete(text(r.key))?;
            }
            Some(value) => cx.store(cx.stores).put(text(r.key), value.clone())?,
        }
        Ok(())
    }
}

struct LookUp;

impl Processor<Text, Text> for LookUp {
    type KeyOut = Text;
    type ValueOut = String;
    type Stores = Strings;

    fn process<O: Forward<Text, String>>(
        &mut self,
        r: Record<'_, Text, Text>,
        cx: &mut ProcessorContext<'_, Strings>,
        out: &mut O,
    ) -> Done {
        let there = cx.store(cx.stores).get(text(r.key))?.cloned();
        out.forward(cx, r.key, &format!("{}+{}", text(r.value), text(&there)));
        Ok(())
    }
}

/// Forwards to one of two sinks or to both.
struct ToSinks;

impl BranchingProcessor<Text, Text> for ToSinks {
    type Outputs = (Out<Text, String>, Out<Text, String>);
    type Stores = Longs;

    fn process<O: Outlets<Self::Outputs>>(&mut self, r: Record<'_, Text, Text>, cx: &mut ProcessorContext<'_, Longs>, out: &mut O) -> Done {
        let n = cx.store(cx.stores).get(text(r.key))?.copied().unwrap_or(0) + 1;
        cx.store(cx.stores).put(text(r.key), n)?;
        let value = text(r.value);
        let (sink_a, sink_b) = out.ways();
        match n % 3 {
            0 => sink_a.forward(cx, r.key, &format!("{value}#{n}")),
            1 => sink_b.forward(cx, r.key, &format!("{value}#{n}")),
            _ => out.ways().forward(cx, r.key, &format!("all:{value}")),
        }
        Ok(())
    }
}

/// Moves records in time, leaves some out, adds some.
struct Retime;

impl Processor<Text, Text> for Retime {
    type KeyOut = Text;
    type ValueOut = Text;
    type Stores = ();

    fn process<O: Forward<Text, Text>>(&mut self, r: Record<'_, Text, Text>, cx: &mut ProcessorContext<'_, ()>, out: &mut O) -> Done {
        let n = i64::from(num(r.value));
        if n % 4 != 0 {
            out.forward_at(cx, r.key, r.value, r.timestamp_ms + 10 * n);
        }
        if n % 4 == 1 {
            let twice = text(r.key).repeat(2);
            out.forward_new(cx, &Some(twice), &Some("new".to_owned()), r.timestamp_ms, Headers::default());
        }
        Ok(())
    }
}

/// The digits at the end of a value are its time; without digits it is that of the partition; `!` means that there is none.
fn time_in(value: &Text, record: &SourceRecord<'_>) -> i64 {
    match i64::from(num(value)) {
        _ if text(value).starts_with('!') => -1,
        n if n > 0 => n,
        _ => record.partition_time_ms(),
    }
}

topology! {
    fn timestamp_extractor() -> TimestampExtractor {
        let input: Stream<Text, Text> = stream("in").timestamp(|_, value, record| time_in(value, record));
        input.to("out");
        let w: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(20))).count();
        w.to_stream().to("counts");
    }

    fn process_retime() -> ProcessRetime {
        let input: Stream<Text, Text> = stream("in");
        let moved = input.process(Retime);
        moved.to("out");
        let w: Table<Windowed<String>, u64> = moved.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(50))).count();
        w.to_stream().to("counts");
    }

    fn process_headers() -> ProcessHeaders {
        let input: Stream<Text, Text> = stream("in");
        input.process(EditHeaders).to("out");
    }

    fn process_dedup() -> ProcessDedup {
        let seen: KeyValueStore<String, i64> = key_value_store();
        let input: Stream<Text, Text> = stream("in");
        input.process(Dedup, seen).to("out");
    }

    fn process_values() -> ProcessValues {
        let sum: KeyValueStore<String, i64> = key_value_store();
        let input: Stream<Text, Text> = stream("in");
        input.process_values(RunningSum, sum).to("out");
    }

    fn process_metadata() -> ProcessMetadata {
        let in1: Stream<Text, Text> = stream("in1");
        let in2: Stream<Text, Text> = stream("in2");
        in1.merge(in2).process(Metadata).to("out");
    }

    fn punctuate_stream_time() -> PunctuateStreamTime {
        let input: Stream<Text, Text> = stream("in");
        input.process(Meter::default()).to("out");
    }

    fn punctuate_wall_clock() -> PunctuateWallClock {
        let buf: KeyValueStore<String, String> = key_value_store();
        let input: Stream<Text, Text> = stream("in");
        input.process(Buffer, buf).to("out");
    }

    fn punctuate_cancel() -> PunctuateCancel {
        let input: Stream<Text, Text> = stream("in");
        input.process(Restarting::default()).to("out");
    }

    fn process_shared_store() -> ProcessSharedStore {
        let reference: KeyValueStore<String, String> = key_value_store().named("ref");
        let ref_input: Stream<Text, Text> = stream("ref");
        ref_input.process(Remember, reference);
        let input: Stream<Text, Text> = stream("in");
        input.process(LookUp, reference).to("out");
    }

    fn papi_topology() -> PapiTopology {
        let n: KeyValueStore<String, i64> = key_value_store();
        let input: Stream<Text, Text> = stream(["in1", "in2"]);
        let (sink_a, sink_b) = input.process(ToSinks, n);
        sink_a.to("out-a");
        sink_b.to("out-b");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("timestamp_extractor", timestamp_extractor).windows_of(100).window_store::<u64>("w"),
        Scenario::new("process_retime", process_retime).windows_of(100).window_store::<u64>("w"),
        Scenario::new("process_headers", process_headers),
        Scenario::new("process_dedup", process_dedup).plain_store::<String, i64>("seen"),
        Scenario::new("process_values", process_values).plain_store::<String, i64>("sum"),
        Scenario::new("process_metadata", process_metadata),
        Scenario::new("punctuate_stream_time", punctuate_stream_time),
        Scenario::new("punctuate_wall_clock", punctuate_wall_clock).plain_store::<String, String>("buf"),
        Scenario::new("punctuate_cancel", punctuate_cancel),
        Scenario::new("process_shared_store", process_shared_store).plain_store::<String, String>("ref"),
        Scenario::new("papi_topology", papi_topology).plain_store::<String, i64>("n"),
    ]
}
