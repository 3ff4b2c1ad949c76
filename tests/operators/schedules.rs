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
        let rows = cx.store(cx.stores).all()?.len();
        let said = format!("{rows} rows, {}/{}", cx.stream_time_ms(), cx.wall_clock_ms());
        assert_eq!(cx.timestamp_ms(), time_ms, "what is forwarded has the time of the call");
        out.forward(cx, &kind.to_owned(), &said);
        Ok(())
    }
}

topology! {
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
