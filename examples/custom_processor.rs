//! A processor written by hand, with a store and a schedule: `cargo run --release --example custom_processor`.
//!
//! Where the operators do not reach, a processor does: it sees every record, may read and write its stores, forward any number of
//! records, and be called when time has passed.

use examples::*;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::{Producer, Reader, Streams, end_of_input, shutdown_signal};

const MINUTE_MS: i64 = 60_000;

/// The highest temperature of each sensor, told once a minute.
struct Highest;

impl Processor<String, f64> for Highest {
    type KeyOut = String;
    type ValueOut = f64;
    type Stores = KeyValue<String, f64>;

    fn init(&mut self, cx: &mut ProcessorContext<'_, Self::Stores>) -> Result<(), BoxError> {
        // The stream's own time: it goes on with the records, so the results do not depend on when they are made.
        // `ScheduleKind::WallClock` goes on without records, too.
        cx.schedule(ScheduleKind::StreamTime, MINUTE_MS);
        Ok(())
    }

    fn process<O: Forward<String, f64>>(
        &mut self,
        record: Record<'_, String, f64>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        _: &mut O,
    ) -> Result<(), BoxError> {
        let highest = cx.store(cx.stores).get(record.key)?.copied();
        if highest.is_none_or(|highest| *record.value > highest) {
            cx.store(cx.stores).put(record.key, *record.value)?;
        }
        Ok(())
    }

    fn punctuate<O: Forward<String, f64>>(
        &mut self,
        _: ScheduleId,
        time_ms: i64,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        for (sensor, highest) in cx.store(cx.stores).all()? {
            out.forward_at(cx, &sensor, &highest, time_ms);
            cx.store(cx.stores).delete(&sensor)?;
        }
        Ok(())
    }
}

topology! {
    /// Temperatures by sensor, and the highest of each minute.
    fn custom_processor() -> CustomProcessor {
        let highest: KeyValueStore<String, f64> = key_value_store();
        let temperatures: Stream<String, f64> = stream("temperatures");

        temperatures.process(Highest, highest).to("highest-temperatures");
    }
}

#[tokio::main]
async fn main() -> Result {
    let streams = Streams::new(custom_processor()).application_id("custom-processor").create_missing_topics(1);
    if let Some(brokers) = examples::brokers() {
        streams.brokers(brokers).start().await?.run_until(shutdown_signal()).await?;
        return Ok(());
    }

    let log = EmbeddedLog::in_memory();
    log.create_topic("temperatures", 1)?;
    let readings = [
        (0, "kitchen", 19.5), // the schedule is due for the first time with the first record
        (10, "cellar", 11.0),
        (30, "kitchen", 21.0),
        (50, "kitchen", 20.5),
        (60, "kitchen", 20.0), // a minute is over: 21.0 in the kitchen, 11.0 in the cellar
        (90, "cellar", 11.5),
        (110, "kitchen", 19.0),
        (125, "cellar", 11.0),  // another one
        (150, "kitchen", 18.5), // stays in the store: time stands still after it
    ];
    let temperatures = Producer::new(&log, CustomProcessor::TEMPERATURES);
    for (second, sensor, temperature) in readings {
        temperatures.send(sensor, temperature).timestamp_ms(second * 1_000).await?;
    }
    streams.embedded_log(log.clone()).start().await?.run_until(end_of_input()).await?;

    for highest in Reader::<String, f64>::builder(&log, "highest-temperatures").to_end().await? {
        println!("{}: {}", highest.key, highest.value);
    }
    Ok(())
}
