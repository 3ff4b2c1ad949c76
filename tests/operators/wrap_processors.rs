use std::sync::{Arc, Mutex};

use streams_runtime::{ProcessorCall, ProcessorCode, ProcessorWrapper};

use super::*;

/// Forwards, or fails, or lets a node behind it fail.
struct Plain;

impl Processor<String, String> for Plain {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = KeyValue<String, String>;

    fn init(&mut self, cx: &mut ProcessorContext<'_, Self::Stores>) -> Result<(), BoxError> {
        cx.schedule_from(ScheduleKind::StreamTime, 100, 100);
        Ok(())
    }

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        if r.value == "fail" {
            return Err("told to".into());
        }
        out.forward(cx, r.key, r.value);
        Ok(())
    }
}

/// Leaves the key alone.
struct Fixed;

impl FixedKeyProcessor<String, String> for Fixed {
    type ValueOut = String;
    type Stores = ();

    fn process<O: ForwardValue<String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        out.forward(cx, r.value);
        Ok(())
    }
}

/// To both.
struct Fork;

impl BranchingProcessor<String, String> for Fork {
    type Outputs = (Out<String, String>, Out<String, String>);
    type Stores = ();

    fn process<O: Outlets<Self::Outputs>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        out.ways().forward(cx, r.key, r.value);
        Ok(())
    }
}

/// Longer values.
struct Longer;

impl ValueTransformer<String, String> for Longer {
    type ValueOut = String;
    type Stores = ();

    fn transform(&mut self, _: &String, value: Option<&String>, _: &mut ProcessorContext<'_, ()>) -> Result<Option<String>, BoxError> {
        Ok(value.map(|value| format!("{value}!")))
    }
}

topology! {
    fn all_kinds() -> AllKinds {
        let st: KeyValueStore<String, String> = key_value_store();
        let input: Stream<String, String> = stream("in");
        let plain = input.process(Plain, st);
        let fixed = plain.process_values(Fixed);
        let (left, _right) = fixed.process(Fork);
        left.try_map_values(|value| if value == "bad" { Err("behind") } else { Ok(value.clone()) }).to("out");
        let rows: Table<String, String> = table("rows");
        let longer: Table<String, String> = rows.transform_values(Longer);
        longer.to_stream().to("longer");
    }
}

type Log = Arc<Mutex<Vec<String>>>;

/// Writes down what it sees.
struct Seen {
    node: String,
    log: Log,
    calls: usize,
}

impl ProcessorWrapper for Seen {
    fn call(&mut self, call: ProcessorCall, cx: &mut Context, code: ProcessorCode<'_>) -> Result<(), BoxError> {
        self.calls += 1;
        let trace = cx.headers().last("trace").flatten().map(|trace| String::from_utf8(trace.to_vec()).unwrap()).unwrap_or_default();
        let place = format!("{}-{}@{} at {} {trace}", cx.topic(), cx.partition(), cx.offset(), cx.timestamp_ms());
        let outcome = code.run(cx);
        let said = outcome.as_ref().map_or_else(|error| error.to_string(), |()| "done".to_owned());
        self.log.lock().unwrap().push(format!("{} #{} {call:?} {}: {said}", self.node, self.calls, place.trim_end()));
        outcome
    }
}

fn seen(log: &Log) -> impl Fn(&str) -> Seen + Send + Sync + 'static {
    let log = Arc::clone(log);
    move |node| Seen { node: node.to_owned(), log: Arc::clone(&log), calls: 0 }
}

fn taken(log: &Log) -> Vec<String> {
    std::mem::take(&mut log.lock().unwrap())
}

#[test]
fn a_wrapper_sees_every_call_where_it_comes_from_and_its_outcome() {
    let log = Log::default();
    let driver = TestDriver::builder(all_kinds())
        .wrap_processors(seen(&log))
        .on_process_error(OnError::Continue)
        .wall_clock_start_ms(7)
        .build()
        .unwrap();
    let begun: Vec<String> = taken(&log).iter().map(|line| line.split(" Init").next().unwrap().to_owned()).collect();
    assert_eq!(begun, ["plain #1", "fixed #1", "fixed.process #1", "longer #1"]);
    pipe(&driver, "in", &[(Some("a"), Some("1"), 5), (Some("a"), Some("fail"), 6)]);
    let expected = [
        "fixed.process #2 Process in-0@0 at 5 5: done",
        "fixed #2 Process in-0@0 at 5 5: done",
        "plain #2 Process in-0@0 at 5 5: done",
        "plain #3 Process in-0@1 at 6 6: told to",
    ];
    assert_eq!(taken(&log), expected);
    pipe(&driver, "in", &[(Some("a"), Some("1"), 150)]);
    assert_eq!(taken(&log).last().unwrap(), "plain #5 Punctuate --1@-1 at 150: done");
    pipe(&driver, "rows", &[(Some("a"), Some("1"), 160)]);
    assert_eq!(taken(&log)[0], "longer #2 Process rows-0@0 at 160 160: done");
    assert_eq!(read(&driver, "longer"), ["a=1!@160"]);
    driver.close().unwrap();
    let ended: Vec<String> = taken(&log).iter().filter(|line| line.contains(" Close ")).map(|line| line[..5].to_owned()).collect();
    assert_eq!(ended, ["plain", "fixed", "fixed", "longe"]);
}

#[test]
fn a_failure_behind_is_told_and_cannot_be_undone() {
    /// Takes every error for success.
    struct Forgiving(Log);
    impl ProcessorWrapper for Forgiving {
        fn call(&mut self, _: ProcessorCall, cx: &mut Context, code: ProcessorCode<'_>) -> Result<(), BoxError> {
            if let Err(error) = code.run(cx) {
                self.0.lock().unwrap().push(error.to_string());
            }
            Ok(())
        }
    }
    let log = Log::default();
    let made = Arc::clone(&log);
    let driver = TestDriver::builder(all_kinds()).wrap_processors(move |_| Forgiving(Arc::clone(&made))).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("fail"), 1), (Some("a"), Some("1"), 2)]);
    assert_eq!(taken(&log), ["told to"], "its own error is forgiven");
    assert_eq!(read(&driver, "out"), ["a=1@2"]);
    let error = try_pipe(&driver, "in", Some("a"), Some("bad"), 3).unwrap_err().to_string();
    assert!(error.contains("behind"), "{error}");
    assert_eq!(taken(&log), ["a node behind the processor stopped the task"; 3]);
}

#[test]
fn a_wrapper_can_leave_records_out_and_let_them_fail() {
    /// Every second record is lost, the fourth fails.
    #[derive(Default)]
    struct Faulty(u64);
    impl ProcessorWrapper for Faulty {
        fn call(&mut self, call: ProcessorCall, cx: &mut Context, code: ProcessorCode<'_>) -> Result<(), BoxError> {
            if call == ProcessorCall::Process {
                self.0 += 1;
                match self.0 {
                    4 => return Err("broken on purpose".into()),
                    n if n % 2 == 0 => return Ok(()),
                    _ => {}
                }
            }
            code.run(cx)
        }
    }
    let builder = TestDriver::builder(all_kinds()).on_process_error(OnError::Continue);
    // Only this processor; the others stay as they are.
    let driver = builder.wrap_processors(|node| (node == "plain").then(Faulty::default)).build().unwrap();
    for time_ms in 1..=5 {
        pipe(&driver, "in", &[(Some("a"), Some(&time_ms.to_string()), time_ms)]);
    }
    assert_eq!(read(&driver, "out"), ["a=1@1", "a=3@3", "a=5@5"]);
    assert_eq!(driver.metrics().skipped_errors, 1);
}

#[test]
fn an_error_at_the_start_is_that_of_the_processor() {
    struct Refuses;
    impl ProcessorWrapper for Refuses {
        fn call(&mut self, _: ProcessorCall, _: &mut Context, _: ProcessorCode<'_>) -> Result<(), BoxError> {
            Err("not today".into())
        }
    }
    let error = TestDriver::builder(all_kinds()).wrap_processors(|_| Refuses).build().unwrap_err().to_string();
    assert!(error.contains("node `plain`") && error.ends_with("not today"), "{error}");
}
