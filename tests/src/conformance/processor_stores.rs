//! State stores used from processors.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::*;

type Strings = KeyValue<String, String>;
type Done = Result<(), BoxError>;

/// Every operation of a key-value store.
struct StoreOps;

fn rows(rows: &[(String, String)]) -> String {
    rows.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
}

impl Processor<Text, Text> for StoreOps {
    type KeyOut = Text;
    type ValueOut = String;
    type Stores = Strings;

    fn process<O: Forward<Text, String>>(
        &mut self,
        r: Record<'_, Text, Text>,
        cx: &mut ProcessorContext<'_, Strings>,
        out: &mut O,
    ) -> Done {
        let (st, n) = (cx.stores, num(r.value));
        let (key, value) = (text(r.key), text(r.value));
        let k = format!("{key}{}", n % 4);
        let result = match n % 10 {
            0 => format!("delete={}", text(&cx.store(st).delete(&k)?)),
            1 => format!("absent={}", text(&cx.store(st).put_if_absent(&k, value.to_owned())?)),
            2 => format!("range={}", rows(&cx.store(st).range("b"..=format!("{key}2").as_str())?)),
            3 => format!("reverse={}", rows(&cx.store(st).reverse_range("b"..)?)),
            4 => format!("prefix={}", rows(&cx.store(st).prefix_scan(key)?)),
            5 => format!("all={}", rows(&cx.store(st).all()?)),
            6 => {
                cx.store(st).delete(&k)?;
                "putnull".to_owned()
            }
            7 => {
                let (k8, k9) = (format!("{key}8"), format!("{key}9"));
                cx.store(st).put_all([(&k8, value.to_owned()), (&k9, word(r.value))])?;
                "putAll".to_owned()
            }
            _ => {
                cx.store(st).put(&k, value.to_owned())?;
                format!("put={}", text(&cx.store(st).get(&k)?.cloned()))
            }
        };
        out.forward(cx, r.key, &result);
        Ok(())
    }
}

/// Puts at a rounded time, reads that time, a range around it, and now and then backwards.
struct WindowOps;

fn at_times(rows: &[(i64, String)]) -> String {
    rows.iter().map(|(start_ms, value)| format!("{start_ms}={value}")).collect::<Vec<_>>().join(" ")
}

impl Processor<String, Text> for WindowOps {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = WindowState<String, String>;

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, Text>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Done {
        let st = cx.stores;
        let t = r.timestamp_ms - r.timestamp_ms % 10;
        match r.value {
            Some(value) => cx.store(st).put(r.key, value.clone(), t)?,
            None => cx.store(st).delete(r.key, t)?,
        }
        let mut result = text(&cx.store(st).fetch(r.key, t)?.cloned()).to_owned();
        result += &format!("|{}", at_times(&cx.store(st).fetch_range(r.key, (t - 100).max(0), t + 100)?));
        if num(r.value) % 2 == 1 {
            result += &format!("|{}", at_times(&cx.store(st).backward_fetch(r.key, 0, t + 1000)?));
        }
        out.forward(cx, r.key, &result);
        Ok(())
    }
}

/// Puts, and reads what is around.
struct Duplicates;

impl Processor<String, Text> for Duplicates {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = WindowState<String, String>;

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, Text>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Done {
        let (st, t) = (cx.stores, r.timestamp_ms);
        match r.value {
            Some(value) => cx.store(st).put(r.key, value.clone(), t)?,
            None => cx.store(st).delete(r.key, t)?,
        }
        let around = cx.store(st).fetch_range(r.key, (t - 60).max(0), t + 20)?;
        out.forward(cx, r.key, &at_times(&around));
        Ok(())
    }
}

/// Puts a session, finds those around, reads all of the key, and removes the first when there are many.
struct SessionOps;

impl Processor<String, Text> for SessionOps {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = Sessions<String, String>;

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, Text>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Done {
        let (st, start_ms) = (cx.stores, r.timestamp_ms);
        let session = SessionWindow { start_ms, end_ms: start_ms + i64::from(num(r.value)) };
        match r.value {
            Some(value) => cx.store(st).put(r.key, session, value.clone())?,
            None => cx.store(st).remove(r.key, session)?,
        }
        let around = cx.store(st).find_sessions(r.key, start_ms - 50, start_ms + 50)?;
        let found: Vec<String> = around.iter().map(|(s, v)| format!("{}-{}={v}", s.start_ms, s.end_ms)).collect();
        let all = cx.store(st).fetch(r.key)?;
        let list: Vec<String> = all.iter().map(|(s, v)| format!("{}={v}", s.start_ms)).collect();
        if let [(first, _), _, _, _, _, ..] = all.as_slice() {
            cx.store(st).remove(r.key, *first)?;
        }
        let own = cx.store(st).fetch_session(r.key, session.start_ms, session.end_ms)?.map_or("null", |v| v.as_str());
        let result = format!("{}|{}|{own}", found.join(" "), list.join(" "));
        out.forward(cx, r.key, &result);
        Ok(())
    }
}

/// Puts or deletes at the time of the record, and reads what is there and what was.
struct VersionedOps;

fn show(version: Option<(&String, i64)>) -> String {
    version.map_or("-".to_owned(), |(value, from_ms)| format!("{value}@{from_ms}"))
}

impl Processor<String, Text> for VersionedOps {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = Versioned<String, String>;

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, Text>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Done {
        let (st, t) = (cx.stores, r.timestamp_ms);
        let mut result = match r.value {
            None => {
                let before = cx.store(st).delete(r.key, t)?;
                format!("del:{}", show(before.as_ref().map(|(value, from_ms)| (value, *from_ms))))
            }
            Some(value) => {
                let until = match cx.store(st).put(r.key, value.clone(), t)? {
                    VersionPut::Until(time_ms) => time_ms,
                    VersionPut::Latest => -1,
                    VersionPut::TooOld => i64::MIN,
                };
                format!("put:{until}")
            }
        };
        result += &format!("|{}", show(cx.store(st).get(r.key)?));
        for ago_ms in [30, 150] {
            result += &format!("|{}", show(cx.store(st).get_as_of(r.key, t - ago_ms)?));
        }
        out.forward(cx, r.key, &result);
        Ok(())
    }
}

topology! {
    fn store_versioned_ops() -> StoreVersionedOps {
        let vs: VersionedStore<String, String> = versioned_store(millis(200));
        let input: Stream<String, Text> = stream("in");
        input.process(VersionedOps, vs).to("out");
    }

    fn store_session_ops() -> StoreSessionOps {
        let ss: SessionStore<String, String> = session_store(millis(300));
        let input: Stream<String, Text> = stream("in");
        input.process(SessionOps, ss).to("out");
    }

    fn store_kv_ops() -> StoreKvOps {
        let kv: KeyValueStore<String, String> = key_value_store();
        let input: Stream<Text, Text> = stream("in");
        input.process(StoreOps, kv).to("out");
    }

    fn store_window_ops() -> StoreWindowOps {
        let ws: WindowStore<String, String> = window_store(millis(300), millis(50));
        let input: Stream<String, Text> = stream("in");
        input.process(WindowOps, ws).to("out");
    }

    fn store_window_duplicates() -> StoreWindowDuplicates {
        let wd: WindowStore<String, String> = window_store(millis(200), millis(50)).retain_duplicates();
        let input: Stream<String, Text> = stream("in");
        input.process(Duplicates, wd).to("out");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("store_session_ops", store_session_ops).session_store::<String>("ss"),
        Scenario::new("store_kv_ops", store_kv_ops).plain_store::<String, String>("kv"),
        Scenario::new("store_window_ops", store_window_ops).windows_of(50).plain_window_store::<String>("ws"),
        Scenario::new("store_versioned_ops", store_versioned_ops).versioned_store("vs"),
        Scenario::new("store_window_duplicates", store_window_duplicates).windows_of(50).plain_window_store::<String>("wd"),
    ]
}
