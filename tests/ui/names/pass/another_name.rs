//! The runtime under another name, said in all three ways.
use renamed::runtime::attribute::topology as topology_attribute;
use renamed::runtime::prelude::{Stream, StreamData};

mod renamed {
    pub(crate) use streams_runtime as runtime;
}

#[derive(Clone, serde::Serialize, serde::Deserialize, StreamData)]
#[stream_data(crate = crate::renamed::runtime)]
struct View {
    ms: u64,
}

renamed::runtime::topology! {
    #![runtime(crate::renamed::runtime)]

    fn first() -> First {
        let views: Stream<String, View> = stream("views");
        views.to("first");
    }
}

#[topology_attribute(crate = crate::renamed::runtime)]
fn second() -> Second {
    let views: Stream<String, View> = stream("views");
    views.filter(|_, view| view.ms > 3).to("second");
}

fn main() {
    let _ = (first(), second());
}
