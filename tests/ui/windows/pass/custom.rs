//! Windows of one's own: as a constant, a parameter, made by a function; not `Copy`, generic; in front of all aggregations.
use std::sync::Arc;

use streams_runtime::prelude::*;
use streams_runtime::windows::Custom;

#[derive(Clone)]
pub struct Listed<T>(Arc<[(T, T)]>);

impl<T: Into<i64> + Copy + Send + Sync + 'static> CustomWindows for Listed<T> {
    fn windows_of(&self, time_ms: i64) -> impl IntoIterator<Item = Window> {
        let windows = self.0.iter().map(|(start, end)| Window { start_ms: (*start).into(), end_ms: (*end).into() });
        windows.filter(move |window| window.start_ms <= time_ms && time_ms < window.end_ms)
    }

    fn size_ms(&self) -> i64 {
        60_000
    }
}

#[derive(Clone, Copy)]
pub struct Second;

impl CustomWindows for Second {
    fn windows_of(&self, time_ms: i64) -> impl IntoIterator<Item = Window> {
        let start_ms = time_ms - time_ms.rem_euclid(1_000);
        Some(Window { start_ms, end_ms: start_ms + 1_000 })
    }

    fn size_ms(&self) -> i64 {
        1_000
    }
}

const SECONDS: Custom<Second> = custom(Second).grace(millis(5));

fn shifts<T: Into<i64>>(windows: &Listed<T>) -> Custom<Listed<T>>
where
    T: Copy + Send + Sync + 'static,
{
    custom(windows.clone())
}

topology! {
    pub fn example(list: Listed<i32>, grace_s: u64) -> Example {
        let views: Stream<String, u64> = stream("views");
        let grouped = views.group_by_key();
        let in_list = grouped.windowed_by(custom(list.clone()).grace(seconds(*grace_s)));
        let counts: Table<Windowed<String>, u64> = in_list.count();
        let sums: Table<Windowed<String>, u64> = in_list.reduce(|a, b| a + b).retention(hours(1));
        let shifts_of: Table<Windowed<String>, u64> = grouped.windowed_by(shifts(list)).aggregate(|| 0, |_, n, sum| sum + n);
        let closed: Table<Windowed<String>, u64> = grouped.windowed_by(SECONDS).emit_on_close().flush_after(seconds(1)).count();
        let both: Table<Windowed<String>, u64> = grouped.cogroup(|_, n, sum| n + sum).windowed_by(SECONDS).aggregate(|| 0);
        let ratios = counts.join(sums, |n, sum| sum / n);
        ratios.to_stream().to("ratios");
        shifts_of.suppress(until_time_limit(minutes(1))).named("rarely").to_stream().to("rarely");
        closed.to_stream().to("closed");
        both.suppress(until_window_closes()).named("last").to_stream().to("last");
        let read: Stream<Windowed<String>, u64> = stream("read").with(TimeWindowed::in_windows(Utf8, Second), BigEndian);
        read.map_values(|n| n + 1).to("plus-one");
    }
}

fn main() {
    let list = Listed([(0, 10), (10, 40)].into());
    streams_test::TestDriver::new(example(list, 1)).unwrap();
}
