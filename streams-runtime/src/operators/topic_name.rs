//! What a topology takes as the name of a topic.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

/// Text that names a topic: `str`, `String`, `Arc<str>`, `Cow<str>` and the like, and references to them.
#[diagnostic::on_unimplemented(
    message = "a topic is text, not `{Self}`",
    label = "not text",
    note = "`String`, `&'static str`, `Arc<str>`, `Box<str>` and `Cow<'static, str>` are text; of another type write the expression that gives it"
)]
pub trait TopicText {
    /// The text.
    fn text(&self) -> &str;
}

impl TopicText for str {
    fn text(&self) -> &str {
        self
    }
}

impl TopicText for String {
    fn text(&self) -> &str {
        self
    }
}

impl TopicText for Cow<'_, str> {
    fn text(&self) -> &str {
        self
    }
}

macro_rules! through {
    ($($pointer:ty),*) => {
        $(impl<T: TopicText + ?Sized> TopicText for $pointer {
            fn text(&self) -> &str {
                (**self).text()
            }
        })*
    };
}
through!(&T, Box<T>, Rc<T>, Arc<T>);

/// The name of a topic, as generated code takes it.
pub fn topic_name<T: TopicText + ?Sized>(name: &T) -> &str {
    name.text()
}

/// [`topic_name`] of what does not outlive the expression.
pub fn owned_topic_name<T: TopicText + ?Sized>(name: &T) -> String {
    name.text().to_owned()
}
