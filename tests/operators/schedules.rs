use std::sync::{Arc, Mutex};

use streams_runtime::Streams;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::record::NewRecord;
use streams_runtime::time::clock::ManualClock;

use super::*;

/// Forwards a record per call of its two schedules; `stop` ends them, `commit` asks for a commit, `fail` lets the next call fail.
#[derive(Default)]
struct Clock {
    stream: Option<ScheduleId>,
    wall: Option<ScheduleId>,
    fails: bool,
}

impl Processor<String, String> for Clock {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = KeyValue<String, String>;

    fn init(&mut self, cx: &mut ProcessorContext<'_, Self::Stores>) -> Result<(), BoxError> {
        self.stream = Some(cx.schedule(ScheduleKind::StreamTime, 10));
        self.wall = Some(cx.schedule(ScheduleKind::WallClock, 100));
        Ok(())
    }

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        _: &mut O,
    ) -> Result<(), BoxError> {
        match r.value.as_str() {
            "stop" => [self.stream.take(), self.wall.take()].into_iter().flatten().for_each(|id| cx.cancel(id)),
            "commit" => cx.request_commit(),
            "fail" => self.fails = true,
            _ => {}
        }
        Ok(cx.store(cx.stores).put(r.key, r.value.clone())?)
    }

    fn punctuate<O: Forward<String, String>>(
        &mut self,
        id: ScheduleId,
        time_ms: i64,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        if std::mem::take(&mut self.fails) {
            return Err("told to".into());
        }
        let kind = if Some(id) == self.wall { "wall" } else { "stream" };
        assert!(cx.headers().is_empty() && cx.topic().is_empty() && cx.offset() == -1, "no record is at hand");
        assert_eq!(cx.record_metadata(), None);
        let rows = cx.store(cx.stores).all()?.len();
        let said = format!("{rows} rows, {}/{}", cx.stream_time_ms(), cx.wall_clock_ms());
        assert_eq!(cx.timestamp_ms(), time_ms, "what is forwarded has the time of the call");
        out.forward(cx, &kind.to_owned(), &said);
        Ok(())
    }
}

/// Says when it began, was called and ended.
struct Life(Arc<Mutex<Vec<String>>>);

impl FixedKeyProcessor<String, String> for Life {
    type ValueOut = String;
    type Stores = ();

    fn init(&mut self, cx: &mut ProcessorContext<'_, ()>) -> Result<(), BoxError> {
        self.0.lock().unwrap().push("init".to_owned());
        cx.schedule(ScheduleKind::WallClock, 10);
        Ok(())
    }

    fn process<O: ForwardValue<String>>(
        &mut self,
        _: Record<'_, String, String>,
        _: &mut ProcessorContext<'_, ()>,
        _: &mut O,
    ) -> Result<(), BoxError> {
        Ok(())
    }

    fn punctuate(&mut self, _: ScheduleId, time_ms: i64, _: &mut ProcessorContext<'_, ()>) -> Result<(), BoxError> {
        self.0.lock().unwrap().push(time_ms.to_string());
        Ok(())
    }

    fn close(&mut self) {
        self.0.lock().unwrap().push("close".to_owned());
    }
}

/// Cannot begin.
struct Stillborn;

impl FixedKeyProcessor<String, String> for Stillborn {
    type ValueOut = String;
    type Stores = ();

    fn init(&mut self, _: &mut ProcessorContext<'_, ()>) -> Result<(), BoxError> {
        Err("no".into())
    }

    fn process<O: ForwardValue<String>>(
        &mut self,
        _: Record<'_, String, String>,
        _: &mut ProcessorContext<'_, ()>,
        _: &mut O,
    ) -> Result<(), BoxError> {
        Ok(())
    }
}

topology! {
    /// Two ways lead to the processor.
    fn life(said: Arc<Mutex<Vec<String>>>) -> LifeTopology {
        let a: Stream<String, String> = stream("a");
        let b: Stream<String, String> = stream("b");
        let longer = a.map_values(|v| format!("{v}."));
        longer.merge(a).merge(b).process_values(Life(Arc::clone(said))).to("out");
    }

    fn stillborn() -> StillbornTopology {
        let input: Stream<String, String> = stream("in");
        input.process_values(Stillborn).to("out");
    }

    /// The clock is in another sub-topology than the source.
    fn two_parts() -> TwoParts {
        let rows: KeyValueStore<String, String> = key_value_store();
        let input: Stream<String, String> = stream("in");
        let rare = input.filter(|_, v| v == "x").repartition().named("rare");
        rare.process(Clock::default(), rows).to("out");
    }

    fn clocks() -> Clocks {
        let rows: KeyValueStore<String, String> = key_value_store();
        let input: Stream<String, String> = stream("in");
        input.process(Clock::default(), rows).to("out");
    }
}

#[test]
fn stream_time_fires_with_the_first_record_and_then_once_per_advance() {
    let driver = driver(clocks());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 3)]);
    assert_eq!(read(&driver, "out"), ["stream=1 rows, 3/0@3"]);
    pipe(&driver, "in", &[(Some("a"), Some("x"), 9), (Some("b"), Some("x"), 2)]);
    assert!(read(&driver, "out").is_empty(), "due at 10");
    pipe(&driver, "in", &[(Some("c"), Some("x"), 47)]);
    assert_eq!(read(&driver, "out"), ["stream=3 rows, 47/0@47"], "once, though four intervals have passed");
    pipe(&driver, "in", &[(Some("c"), Some("x"), 49), (Some("c"), Some("x"), 50)]);
    assert_eq!(read(&driver, "out"), ["stream=3 rows, 50/0@50"]);
    driver.advance_wall_clock_ms(99).unwrap();
    assert!(read(&driver, "out").is_empty());
}

#[test]
fn the_wall_clock_fires_after_its_interval_without_any_record() {
    let driver = TestDriver::builder(clocks()).wall_clock_start_ms(1000).build().unwrap();
    driver.advance_wall_clock_ms(99).unwrap();
    assert!(read(&driver, "out").is_empty());
    driver.advance_wall_clock_ms(1).unwrap();
    assert_eq!(shown(&driver, "out"), [("wall=0 rows, -1/1100@1100".to_owned(), String::new())]);
    driver.advance_wall_clock_ms(350).unwrap();
    assert_eq!(read(&driver, "out"), ["wall=0 rows, -1/1450@1450"]);
    driver.advance_wall_clock_ms(50).unwrap();
    assert_eq!(read(&driver, "out"), ["wall=0 rows, -1/1500@1500"]);
}

#[test]
fn a_cancelled_schedule_never_fires() {
    let driver = driver(clocks());
    pipe(&driver, "in", &[(Some("a"), Some("stop"), 3), (Some("a"), Some("x"), 300)]);
    driver.advance_wall_clock_ms(1000).unwrap();
    assert!(read(&driver, "out").is_empty());
}

#[test]
fn a_processor_can_ask_for_a_commit() {
    let driver = TestDriver::builder(clocks()).cache_max_bytes(1 << 20).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("x"), 3)]);
    assert!(read(&driver, "test-rows-changelog").is_empty(), "it is in the cache");
    pipe(&driver, "in", &[(Some("b"), Some("commit"), 4)]);
    assert_eq!(read(&driver, "test-rows-changelog"), ["a=x@3", "b=commit@4"]);
}

#[test]
fn an_error_in_a_schedule_does_not_accuse_the_last_record() {
    let driver = driver(clocks());
    let error = try_pipe(&driver, "in", Some("a"), Some("fail"), 3).unwrap_err().to_string();
    assert_eq!(error, "processing failed outside of a record (node `input.process`, timestamp 3): told to");

    let driver = TestDriver::builder(clocks()).on_process_error(OnError::DeadLetter("dead".into())).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("fail"), 3)]);
    let dead = driver.read_raw("dead").unwrap();
    assert_eq!((dead.key, dead.value), (None, None), "there is no record to be blamed");
    assert_eq!(dead.headers.last("__streams.errors.message"), Some(Some(&b"told to"[..])));
    pipe(&driver, "in", &[(Some("a"), Some("x"), 20)]);
    assert_eq!(read(&driver, "out"), ["stream=1 rows, 20/0@20"], "the schedule goes on");
}

#[test]
fn a_processor_that_many_ways_lead_to_begins_is_called_and_ends_once() {
    let said = Arc::<Mutex<Vec<String>>>::default();
    let driver = driver(life(Arc::clone(&said)));
    driver.advance_wall_clock_ms(10).unwrap();
    driver.advance_wall_clock_ms(5).unwrap();
    driver.advance_wall_clock_ms(5).unwrap();
    driver.close().unwrap();
    assert_eq!(*said.lock().unwrap(), ["init", "10", "20", "close"]);
}

#[test]
fn a_processor_that_cannot_begin_is_an_error_at_the_start() {
    let error = TestDriver::new(stillborn()).unwrap_err().to_string();
    assert_eq!(error, "processing failed outside of a record (node `input.process_values`, timestamp 0): no");
}

#[test]
fn sub_topologies_share_the_stream_time_of_the_driver() {
    let driver = driver(two_parts());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 5), (Some("a"), Some("y"), 40)]);
    // Once for a record that it gets, once for one that ends in front of the repartition.
    assert_eq!(read(&driver, "out"), ["stream=0 rows, 5/0@5", "stream=1 rows, 40/0@40"]);
}

/// Two schedules with a start; says what is called when.
struct Anchored {
    start_ms: i64,
    interval_ms: i64,
}

impl Processor<String, String> for Anchored {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = ();

    fn init(&mut self, cx: &mut ProcessorContext<'_, ()>) -> Result<(), BoxError> {
        cx.schedule_from(ScheduleKind::StreamTime, self.start_ms, self.interval_ms);
        cx.schedule_from(ScheduleKind::WallClock, self.start_ms, self.interval_ms);
        Ok(())
    }

    fn process<O: Forward<String, String>>(
        &mut self,
        _: Record<'_, String, String>,
        _: &mut ProcessorContext<'_, ()>,
        _: &mut O,
    ) -> Result<(), BoxError> {
        Ok(())
    }

    fn punctuate<O: Forward<String, String>>(
        &mut self,
        _: ScheduleId,
        time_ms: i64,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        out.forward(cx, &"called".to_owned(), &time_ms.to_string());
        Ok(())
    }
}

topology! {
    fn anchored(start_ms: i64, interval_ms: i64) -> AnchoredTopology {
        let input: Stream<String, String> = stream("in");
        input.process(Anchored { start_ms: *start_ms, interval_ms: *interval_ms }).to("out");
    }
}

#[test]
fn a_schedule_with_a_start_goes_on_from_there_by_stream_time() {
    let driver = driver(anchored(25, 10));
    for time_ms in [3, 24, 25, 30, 36, 60, 64, 65] {
        pipe(&driver, "in", &[(Some("k"), Some("v"), time_ms)]);
    }
    // What was missed is made up for once, and what follows lies at 25 and tens after it.
    assert_eq!(read(&driver, "out"), ["called=25@25", "called=36@36", "called=60@60", "called=65@65"]);
}

#[test]
fn a_schedule_with_a_start_goes_on_from_there_by_wall_clock() {
    let driver = TestDriver::builder(anchored(250, 100)).wall_clock_start_ms(40).build().unwrap();
    for by_ms in [100, 109, 1, 99, 1, 250, 50] {
        driver.advance_wall_clock_ms(by_ms).unwrap();
    }
    assert_eq!(read(&driver, "out"), ["called=250@250", "called=350@350", "called=600@600", "called=650@650"]);
}

#[test]
fn a_start_that_has_passed_is_made_up_for_with_the_next_occasion() {
    let driver = TestDriver::builder(anchored(-7, 0)).wall_clock_start_ms(1_000).build().unwrap();
    driver.advance_wall_clock_ms(0).unwrap();
    driver.advance_wall_clock_ms(0).unwrap();
    driver.advance_wall_clock_ms(1).unwrap();
    assert_eq!(read(&driver, "out"), ["called=1000@1000", "called=1001@1001"]);
    let driver = TestDriver::builder(anchored(90, i64::MAX)).wall_clock_start_ms(100).build().unwrap();
    driver.advance_wall_clock_ms(1).unwrap();
    driver.advance_wall_clock_ms(1_000_000).unwrap();
    pipe(&driver, "in", &[(Some("k"), Some("v"), 91), (Some("k"), Some("v"), 1 << 60)]);
    assert_eq!(read(&driver, "out"), ["called=101@101", "called=91@91"]);
}

/// The stream time outlives a restart, so what is due by it does not wait for a record.
#[test]
fn after_a_restart_what_is_due_is_called_at_once() {
    let driver = driver(anchored(25, 10));
    pipe(&driver, "in", &[(Some("k"), Some("v"), 47)]);
    driver.restart().unwrap();
    assert_eq!(read(&driver, "out"), ["called=47@47", "called=47@47"]);
    pipe(&driver, "in", &[(Some("k"), Some("v"), 54), (Some("k"), Some("v"), 55)]);
    assert_eq!(read(&driver, "out"), ["called=55@55"]);
}

#[tokio::test]
async fn after_a_restart_of_an_application_as_well() {
    let log = EmbeddedLog::in_memory();
    for topic in ["in", "out"] {
        log.create_topic(topic, 1).unwrap();
    }
    let mut called = Vec::new();
    for times_ms in [&[40, 47][..], &[]] {
        let streams = Streams::new(anchored(25, 10)).application_id("app").embedded_log(log.clone());
        // The wall clock stands still: what is called is called by stream time.
        let app = streams.clock(Arc::new(ManualClock::new(0))).start().await.unwrap();
        for &timestamp_ms in times_ms {
            log.append("in", Some(0), NewRecord { key: Some(b"k"), value: Some(b"v"), timestamp_ms, offset: 0 }).unwrap();
        }
        app.drained().await.unwrap();
        app.shutdown(std::time::Duration::from_secs(10)).await.unwrap();
        called.push(log.end_offset("out", 0).unwrap());
    }
    assert_eq!(called, [2, 3]);
}
