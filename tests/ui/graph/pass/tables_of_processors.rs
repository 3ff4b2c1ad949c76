//! What processors may read besides their own stores; a key change in front of a global table alone.
use streams_runtime::prelude::*;

struct Look;

impl Processor<String, String> for Look {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = (
        KeyValue<String, u64>,
        ReadOnly<KeyValue<String, String>>,
        ReadOnly<WindowState<String, u64>>,
        GlobalRows<String, f64>,
        ReadOnly<KeyValue<Windowed<String>, String>>,
    );

    fn process<O: Forward<String, String>>(
        &mut self,
        record: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let (own, users, views, rates, shown) = cx.stores;
        cx.store(own).put(record.key, 1)?;
        let user = cx.store(users).get(record.key)?.cloned();
        let recent = cx.store(views).fetch_range(record.key, 0, record.timestamp_ms)?;
        let rate = cx.store(rates).with("EUR", |rate| rate.copied())?;
        let shown = cx.store(shown).all()?;
        out.forward(cx, record.key, &format!("{user:?} {recent:?} {rate:?} {}", shown.len()));
        Ok(())
    }
}

struct Rates;

impl Processor<usize, String> for Rates {
    type KeyOut = ();
    type ValueOut = ();
    type Stores = GlobalRows<String, f64>;

    fn process<O: Forward<(), ()>>(
        &mut self,
        _: Record<'_, usize, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        _: &mut O,
    ) -> Result<(), BoxError> {
        cx.store(cx.stores).all()?;
        Ok(())
    }
}

topology! {
    pub fn example() -> Example {
        let own: KeyValueStore<String, u64> = key_value_store();
        let users: Table<String, String> = table("users");
        let rates: GlobalTable<String, f64> = global_table("rates");
        let lines: Stream<String, String> = stream("lines");
        let views: Table<Windowed<String>, u64> = lines.group_by_key().windowed_by(tumbling(minutes(1))).count();
        let shown: Table<Windowed<String>, String> = views.map_values(|n| n.to_string());
        lines.process(Look, (own, users, views, rates, shown)).to("looked");
        lines.select_key(|_, line| line.len()).process(Rates, rates);
    }
}

fn main() {}
