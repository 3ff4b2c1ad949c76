//! A transformer for tables with other values.
use streams_runtime::prelude::*;

struct Double;

impl ValueTransformer<String, i64> for Double {
    type ValueOut = i64;
    type Stores = ();

    fn transform(&mut self, _: &String, value: Option<&i64>, _: &mut ProcessorContext<'_, ()>) -> Result<Option<i64>, BoxError> {
        Ok(value.map(|value| value * 2))
    }
}

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users");
        users.transform_values(Double).to_stream().for_each(|_, _| {});
    }
}

fn main() {}
