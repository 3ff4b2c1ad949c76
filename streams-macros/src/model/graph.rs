//! The graph: nodes in the order of the text, edges by index. Every node keeps the place where it was written.

use proc_macro2::{Ident, Span};
use syn::{Attribute, Expr, LitStr, Path, Type, Visibility};

use super::context::written_closure;
use crate::operators::{Kind, Operator};
use crate::parse::{Optimizations, Param};

/// Index of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(pub(crate) usize);

/// A topology whose names are resolved.
#[derive(Clone, Debug)]
pub(crate) struct Topology {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) type_attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) name: Ident,
    pub(crate) output: Ident,
    pub(crate) params: Vec<Param>,
    pub(crate) nodes: Vec<Node>,
    /// Every statement is in the graph. Otherwise nothing can be said about what is missing.
    pub(crate) complete: bool,
    pub(crate) optimizations: Optimizations,
}

/// What a joiner without a key takes: both sides.
const JOINER_PARAMETERS: usize = 2;

/// The keys that a joiner is called with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JoinerKeys {
    None,
    /// That of the record.
    Stream,
    /// That of the record, and that of the row in a global table.
    Both,
}

/// A source, an operator, a sink, or a store.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) row: &'static Operator,
    /// It is the `try_` twin.
    pub(crate) fallible: bool,
    /// Of the operator's name.
    pub(crate) span: Span,
    /// What it is called on; nothing for a source.
    pub(crate) receiver: Option<NodeId>,
    /// For a stream that came out of a `split` or of a processor with several outputs: which.
    pub(crate) output_index: Option<usize>,
    pub(crate) args: Vec<Argument>,
    /// For a `split`: which of its branches are `try_branch`.
    pub(crate) fallible_branches: Vec<bool>,
    pub(crate) options: Options,
    /// The `let` that names the result.
    pub(crate) variable: Option<Variable>,
    /// In the description: unique, and the same after changes elsewhere.
    pub(crate) label: String,
    /// Something reads the result.
    pub(crate) read: bool,
    /// Where the statement names its start, so that editors find the definition from there.
    pub(crate) used_at: Option<Span>,
    /// A repartition that nobody wrote: the node that needs it.
    pub(crate) inserted_for: Option<NodeId>,
    /// For a further `cogroup`: the one before it, and where its own stream was named. No records come from there.
    pub(crate) follows: Option<(NodeId, Span)>,
    /// For the aggregation of a cogroup: those of its streams that it is not called on.
    pub(crate) also_from: Vec<NodeId>,
}

/// A `let`.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) name: Ident,
    pub(crate) ty: Option<Type>,
    pub(crate) docs: Vec<Attribute>,
}

/// A checked argument.
#[derive(Clone, Debug)]
pub(crate) enum Argument {
    Closure(Expr),
    Value(Expr),
    Operand(NodeId, Span),
    Stores(Vec<(NodeId, Span)>),
    Topics(Topics),
}

/// What a source reads, or where a sink writes.
#[derive(Clone, Debug)]
pub(crate) enum Topics {
    Names(Vec<TopicName>),
    Pattern(LitStr),
    /// Computed per record.
    Computed(Box<Expr>),
}

/// A topic.
#[derive(Clone, Debug)]
pub(crate) enum TopicName {
    Literal(LitStr),
    Constant(Path),
    Parameter(Ident),
    /// Any other expression that gives text.
    Expression(Box<Expr>),
}

impl TopicName {
    pub(crate) fn span(&self) -> Span {
        use syn::spanned::Spanned;
        match self {
            TopicName::Literal(literal) => literal.span(),
            TopicName::Constant(path) => path.span(),
            TopicName::Parameter(name) => name.span(),
            TopicName::Expression(expr) => expr.span(),
        }
    }

    /// As descriptions show it: `{name}` stands for what is known only at start.
    pub(crate) fn text(&self) -> String {
        use quote::ToTokens;
        match self {
            TopicName::Literal(literal) => literal.value(),
            TopicName::Constant(path) => format!("{{{}}}", path.to_token_stream().to_string().replace(' ', "")),
            TopicName::Parameter(name) => format!("{{{}}}", plain(name)),
            // It stands in drawings, which have quotes of their own.
            TopicName::Expression(expr) => {
                format!("{{{}}}", crate::text::tidy(&expr.to_token_stream().to_string()).replace('"', "'"))
            }
        }
    }
}

/// What was said behind an operator.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) timestamp: Option<Expr>,
    pub(crate) with: Option<(Expr, Expr)>,
    pub(crate) offset_reset: Option<Ident>,
    pub(crate) partitions: Option<(u32, Span)>,
    pub(crate) named: Option<LitStr>,
    pub(crate) partitioned_by: Option<Expr>,
    /// Where it was written.
    pub(crate) emit_on_close: Option<Span>,
    /// After how long by the wall clock a window is sent, and where that was said.
    pub(crate) flush_after: Option<(Expr, Span)>,
    pub(crate) retention: Option<Expr>,
    /// Where it was said that a store keeps all values of one key and time.
    pub(crate) retain_duplicates: Option<Span>,
    /// Where it was said that a stream joined with itself keeps its records once.
    pub(crate) single_store: Option<Span>,
    /// Where it was said that a join holds every record without a partner.
    pub(crate) hold_unmatched: Option<Span>,
    /// How far ahead of the wall clock records may be.
    pub(crate) max_ahead: Option<Expr>,
    /// Where it was said that a table keeps no rows.
    pub(crate) without_store: Option<Span>,
    /// How long a table can be read as it was, and where that was said.
    pub(crate) versioned: Option<(Expr, Span)>,
    /// After how long rows expire, and where that was said.
    pub(crate) ttl: Option<(Expr, Span)>,
    /// How long records are held in front of a join, and where that was said.
    pub(crate) grace: Option<(Expr, Span)>,
    /// Where it was said that no change waits in a cache.
    pub(crate) without_cache: Option<Span>,
    /// Where it was said that state has no changelog.
    pub(crate) without_changelog: Option<Span>,
    /// Names and values of settings of the changelog's topic.
    pub(crate) changelog_settings: Vec<(LitStr, LitStr)>,
    /// Where it was said that the sides of an operator are divided alike, whatever can be seen of it.
    pub(crate) copartitioned: Option<Span>,
    /// Where it was said that a stream is meant to come back to the topic that it is made of.
    pub(crate) feedback: Option<Span>,
}

impl Node {
    pub(crate) fn gives(&self) -> Kind {
        if self.output_index.is_some() { Kind::Stream } else { self.row.gives }
    }

    /// Makes a table of tables, row by row. It has a store only where it is given a type or a name for one.
    pub(crate) fn is_view(&self) -> bool {
        self.row.on == Some(Kind::Table) && self.row.gives == Kind::Table && !self.joins_by_foreign_key()
    }

    /// Joins two tables by a key made of the rows of the left one, through topics of its own.
    pub(crate) fn joins_by_foreign_key(&self) -> bool {
        let closures = self.args.iter().filter(|arg| matches!(arg, Argument::Closure(_)));
        self.row.on == Some(Kind::Table) && self.row.gives == Kind::Table && closures.count() == 2
    }

    /// Joins two tables, so that changes come in on both sides.
    pub(crate) fn joins_tables(&self) -> bool {
        self.is_view() && self.inputs().nth(1).is_some()
    }

    /// Keeps changes for a while, but no rows.
    pub(crate) fn holds_back(&self) -> bool {
        self.row.name == "suppress"
    }

    /// Joins two streams: its last argument is the windows.
    pub(crate) fn joins_streams(&self) -> bool {
        self.row.on == Some(Kind::Stream) && self.operand().is_some() && matches!(self.args.last(), Some(Argument::Value(_)))
    }

    /// Keeps the ids of the records that it has passed on.
    pub(crate) fn deduplicates(&self) -> bool {
        matches!(self.row.name, "dedup" | "dedup_by")
    }

    /// The other side of a join.
    pub(crate) fn operand(&self) -> Option<(NodeId, Span)> {
        self.args.iter().find_map(|arg| if let Argument::Operand(id, span) = arg { Some((*id, *span)) } else { None })
    }

    /// Joins a stream with itself over one store.
    pub(crate) fn joins_itself(&self) -> bool {
        self.options.single_store.is_some() && self.joins_streams()
    }

    /// The keys that the closure of a join is written with, by the number of its parameters.
    pub(crate) fn joiner_keys(&self) -> JoinerKeys {
        let closures = self.args.iter().rev().filter_map(|arg| if let Argument::Closure(closure) = arg { Some(closure) } else { None });
        let (joiner, names_row) = (closures.clone().next(), closures.count() == 2);
        let more = joiner.and_then(written_closure).map_or(0, |closure| closure.inputs.len().saturating_sub(JOINER_PARAMETERS));
        match more {
            0 => JoinerKeys::None,
            2.. if names_row => JoinerKeys::Both,
            _ => JoinerKeys::Stream,
        }
    }

    /// Keeps rows of its own.
    pub(crate) fn is_state(&self) -> bool {
        if self.holds_back() {
            return false;
        }
        if self.is_view() || self.joins_by_foreign_key() {
            let typed = self.variable.as_ref().is_some_and(|variable| variable.ty.is_some());
            return typed || self.options.named.is_some();
        }
        self.row.state && self.options.without_store.is_none()
    }

    /// As the user wrote it.
    pub(crate) fn operator(&self) -> String {
        if self.fallible { format!("try_{}", self.row.name) } else { self.row.name.to_owned() }
    }

    /// The name for state and repartition topics: `.named(…)`, or else the `let`.
    pub(crate) fn state_name(&self) -> Option<(String, Span)> {
        match (&self.options.named, &self.variable) {
            (Some(named), _) => Some((named.value(), named.span())),
            (None, Some(variable)) => Some((plain(&variable.name), variable.name.span())),
            (None, None) => None,
        }
    }

    /// All nodes it takes records from, the receiver first. A stream that is joined with itself over one store is one.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = NodeId> {
        let operands = self.args.iter().filter_map(|arg| match arg {
            Argument::Operand(id, _) if !self.joins_itself() => Some(*id),
            _ => None,
        });
        self.receiver.into_iter().chain(operands).chain(self.also_from.iter().copied())
    }

    pub(crate) fn stores(&self) -> &[(NodeId, Span)] {
        self.args.iter().find_map(|arg| if let Argument::Stores(stores) = arg { Some(stores.as_slice()) } else { None }).unwrap_or(&[])
    }

    pub(crate) fn topics(&self) -> Option<&Topics> {
        self.args.iter().find_map(|arg| if let Argument::Topics(topics) = arg { Some(topics) } else { None })
    }

    pub(crate) fn closures(&self) -> impl Iterator<Item = &Expr> {
        let args = self.args.iter().filter_map(|arg| match arg {
            Argument::Closure(closure) => Some(closure),
            Argument::Topics(Topics::Computed(closure)) => Some(&**closure),
            _ => None,
        });
        args.chain(&self.options.timestamp).chain(&self.options.partitioned_by)
    }

    pub(crate) fn is_source(&self) -> bool {
        self.row.on.is_none() && self.row.gives != Kind::Store
    }
}

impl Topology {
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len()).map(NodeId)
    }

    /// The streams that a `split` or a processor with several outputs gives, in order.
    pub(crate) fn outputs(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.ids().filter(move |other| self.node(*other).output_index.is_some() && self.node(*other).receiver == Some(id))
    }

    /// The `windowed_by` of an aggregation in windows.
    pub(crate) fn windows_of(&self, id: NodeId) -> Option<NodeId> {
        let windowed = [Kind::Windowed, Kind::WindowedCogroup];
        if self.node(id).row.on.is_none_or(|on| !windowed.contains(&on)) {
            return None;
        }
        // A repartition may have come between.
        let mut input = self.node(id).receiver;
        while let Some(at) = input {
            if windowed.contains(&self.node(at).gives()) {
                return Some(at);
            }
            input = self.node(at).receiver;
        }
        None
    }

    /// The `windowed_by` of the windows that the keys of a table or stream are in, wherever they come from; of several tables that are joined those
    /// of all. `None` if they are in none, as far as can be seen.
    pub(crate) fn windows_behind(&self, id: NodeId) -> Option<Vec<NodeId>> {
        if let Some(windows) = self.windows_of(id) {
            return Some(vec![windows]);
        }
        let node = self.node(id);
        if node.row.changes_key || node.receiver.is_none() {
            return None;
        }
        let all = node.joins_tables() || node.row.name == "merge";
        let inputs = node.inputs().take(if all { usize::MAX } else { 1 });
        let mut windows: Vec<NodeId> = inputs.map(|input| self.windows_behind(input)).collect::<Option<Vec<_>>>()?.concat();
        windows.sort_unstable();
        windows.dedup();
        Some(windows)
    }

    /// How messages call a node.
    pub(crate) fn called(&self, id: NodeId) -> String {
        let node = self.node(id);
        match &node.variable {
            Some(variable) => plain(&variable.name),
            None => node.operator(),
        }
    }
}

/// Without `r#`.
pub(crate) fn plain(name: &Ident) -> String {
    let text = name.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}
