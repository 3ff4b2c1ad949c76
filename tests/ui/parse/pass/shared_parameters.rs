//! Parameters that threads can share.
use streams_runtime::prelude::*;

pub trait Rule: Send + Sync {
    fn holds(&self, line: &str) -> bool;
}

topology! {
    pub fn example(least: std::sync::Arc<std::sync::Mutex<std::cell::RefCell<usize>>>, keep: Box<dyn Fn(&String) -> bool + Send + Sync>, rule: Box<dyn Rule>, make: fn(std::rc::Rc<String>) -> usize) -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_, line| *least.lock().unwrap().borrow() < line.len() && keep(line) && rule.holds(line) && make(std::rc::Rc::new(line.clone())) > 3).to("out");
    }
}

fn main() {}
