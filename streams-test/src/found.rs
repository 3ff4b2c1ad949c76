//! Where a store is: which task has it, and the handle that leads to it there.

use std::any::type_name;
use std::cell::RefCell;
use std::rc::Rc;

use streams_runtime::stores::{StoreError, StorePlace};

use crate::engine::Engine;
use crate::error::DriverError;

pub(crate) struct Found<H> {
    engine: Rc<RefCell<Engine>>,
    task: usize,
    handle: H,
}

impl<H: StorePlace> Found<H> {
    /// The store of this name; `K` and `V` are for the error when it is of other types.
    pub(crate) fn find<K, V>(engine: Rc<RefCell<Engine>>, name: &str) -> Result<Self, DriverError> {
        let found = engine.borrow_mut().tasks.iter_mut().enumerate().find_map(|(task, t)| Some((task, t.stores_mut().find(name)?)));
        match found {
            Some((task, handle)) => Ok(Found { engine, task, handle }),
            None => Err(engine.borrow_mut().no_such_store(name, type_name::<K>(), type_name::<V>())),
        }
    }

    /// # Panics
    /// If the store fails: a test ends there.
    #[track_caller]
    pub(crate) fn read<R>(&self, read: impl FnOnce(&mut H::Store) -> Result<R, StoreError>) -> R {
        match read(self.engine.borrow_mut().tasks[self.task].stores_mut().get(self.handle)) {
            Ok(read) => read,
            Err(error) => panic!("{error}"),
        }
    }
}
