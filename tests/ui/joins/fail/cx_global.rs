//! A joiner with a global table that takes the context, but leaves out the key of the row.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let pages: GlobalTable<u64, String> = global_table("pages");
        views.join(pages, |_, view| view.len() as u64, |user, view, page, cx| format!("{user}{view}{page}{}", cx.offset())).to("four");
        views.left_join(pages, |_, view| view.len() as u64, |_, view, page, _cx| format!("{view}{page:?}")).to("unused");
        views.join(pages, |_, view| view.len() as u64, |_, view, page, c: &mut RecordContext| format!("{view}{page}{}", c.offset())).to("typed");
        views.try_join(pages, |_, view| view.len() as u64, move |view, page, cx| Ok::<_, String>(format!("{view}{page}{}", cx.offset()))).to("three");
        views
            .join(pages, |_, view| view.len() as u64, {
                let mark = 7;
                move |_, view, page, cx| format!("{view}{page}{mark}{}", cx.offset())
            })
            .to("block");
    }
}

fn main() {}
