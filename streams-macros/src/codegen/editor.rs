//! What editors see of a topology: its body as it was written, over types that are the language.
//!
//! An editor must complete lines that cannot be read yet. It compares two expansions, one of the
//! text as it stands and one with a word at the cursor, and looks up in the first what it finds in
//! the second. So both must begin alike, up to the cursor, whether the text can be read or not. The
//! body therefore comes first in every expansion, in the order of its tokens. What is written in
//! front of a token depends on nothing behind its own statement, and only on what a word at the
//! cursor leaves alone: the number of arguments and of a closure's parameters, and a written type.
//!
//! rustc never sees the body: `editor!` of the runtime swallows it.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote;

use super::idents;
use crate::operators::{Arg, OPERATORS, OPTIONS, OptionRow};
use crate::parse::{Settings, TopologyFn};

/// Expands to:
///
/// ```text
/// ::streams_runtime::__private::editor! {
///     const _: fn(&u64) = |min: &u64| {
///         use ::streams_runtime::__private::editor::*;
///         let views: Stream<String, View> = stream::<String, View>("views").__end();
///         …
///     };
/// }
/// ```
pub(crate) fn for_editors(settings: &Settings, topology: &TopologyFn) -> TokenStream {
    let runtime = idents::runtime(settings);
    let (names, types): (Vec<_>, Vec<_>) = topology.params.iter().map(|param| (&param.name, &param.ty)).unzip();
    let body = body(&topology.body);
    quote! {
        #runtime::editor! {
            const _: fn(#(&#types),*) = |#(#names: &#types),*| {
                use #runtime::editor::*;
                #body
            };
        }
    }
}

/// The statements. Only what a type of the runtime could not say in Rust is written otherwise: an
/// operator with several forms is a method for each form, and a statement ends in a plain handle.
fn body(tokens: &[TokenTree]) -> TokenStream {
    let mut out = TokenStream::new();
    let mut several = false;
    let mut first = 0;
    let mut alias_until = None;
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ';' => first = index + 1,
            TokenTree::Ident(word) if word == "let" && index == first => {
                several = matches!(tokens.get(index + 1), Some(TokenTree::Group(_)));
            }
            // The attributes of a statement.
            TokenTree::Punct(punct) if punct.as_char() == '#' && index == first => first = index + 2,
            TokenTree::Punct(punct) if punct.as_char() == ':' && index == first + 2 => alias_until = alias(tokens, index),
            _ if index == first => several = false,
            _ => {}
        }
        if alias_until == Some(index) {
            out.extend(quote!(as OfHandle>::As));
        }
        match (token, tokens.get(index + 1)) {
            (TokenTree::Punct(colon), _) if colon.as_char() == ':' && index == first + 2 && alias_until.is_some() => {
                out.extend([token.clone()]);
                out.extend(quote!(<));
            }
            (TokenTree::Ident(name), Some(TokenTree::Group(args))) if args.delimiter() == Delimiter::Parenthesis => {
                if is_dot(index.checked_sub(1).map(|before| &tokens[before])) {
                    out.extend([TokenTree::Ident(method(name, args, several))]);
                    out.extend(aggregate(&tokens[first..index], name, args));
                } else {
                    let types = written(&tokens[first..index]);
                    out.extend(quote!(#name #types));
                }
            }
            (TokenTree::Group(args), next) if args.delimiter() == Delimiter::Parenthesis && ends(next) && is_call(tokens, index) => {
                out.extend([token.clone()]);
                out.extend(quote!(.__end()));
            }
            _ => out.extend([token.clone()]),
        }
    }
    out
}

/// The types whose names are those of this language.
const TYPES: &[&str] = &["Stream", "Table", "GlobalTable", "KeyValueStore", "WindowStore", "SessionStore", "VersionedStore"];

/// Where the type behind this colon ends, if it has another name: it may be an alias.
fn alias(tokens: &[TokenTree], colon: usize) -> Option<usize> {
    match tokens.get(colon + 1) {
        Some(TokenTree::Ident(word)) if !TYPES.iter().any(|known| word == known) => {}
        _ => return None,
    }
    let is = |token: &TokenTree, wanted: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted);
    let end = tokens.iter().skip(colon).position(|token| is(token, '=') || is(token, ';'))? + colon;
    is(&tokens[end], '=').then_some(end)
}

fn is_dot(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == '.')
}

/// The types that were written in front of a source, so that the closures of its options have
/// them: `::<String, View>` behind `let views: Stream<String, View> =`.
fn written(before: &[TokenTree]) -> Option<TokenStream> {
    let is = |token: &TokenTree, wanted: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted);
    let begin = before.iter().position(|token| is(token, '<'))?;
    let end = before.iter().rposition(|token| is(token, '>'))?;
    let sets = before.get(end + 1).is_some_and(|token| is(token, '=')) && before.len() == end + 2;
    (sets && begin < end).then(|| {
        let types = &before[begin..=end];
        quote!(:: #(#types)*)
    })
}

/// The aggregate of a cogroup, which is said at its end only, from the written type: `::<u64>`.
fn aggregate(before: &[TokenTree], name: &Ident, args: &Group) -> Option<TokenStream> {
    let is = |token: &TokenTree, wanted: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted);
    let more = match name.to_string().as_str() {
        "cogroup" => None,
        "try_cogroup" => Some(quote!(_)),
        _ => return None,
    };
    let [closure] = arguments(args.stream()).try_into().ok()?;
    // A parameter with a written type says it better.
    let said = closure.iter().skip_while(|token| is_move(token)).skip(1).take_while(|token| !is(token, '|')).any(|token| is(token, ':'));
    if said {
        return None;
    }
    let value = before.split(|token| is(token, '=')).next()?;
    let end = value.iter().rposition(|token| is(token, '>'))?;
    let mut depth = 0;
    let comma = value[..end].iter().rposition(|token| {
        depth += i32::from(is(token, '>')) - i32::from(is(token, '<'));
        depth == 0 && is(token, ',')
    })?;
    let value = &value[comma + 1..end];
    let more = more.map(|more| quote!(, #more));
    Some(quote!(::<#(#value)* #more>))
}

/// The group at `index` has the arguments of a source or of an operator.
fn is_call(tokens: &[TokenTree], index: usize) -> bool {
    index > 0 && matches!(&tokens[index - 1], TokenTree::Ident(word) if word != "let")
}

/// The statement ends here.
fn ends(next: Option<&TokenTree>) -> bool {
    match next {
        None => true,
        Some(TokenTree::Punct(punct)) => punct.as_char() == ';',
        Some(_) => false,
    }
}

/// The method for a form of an operator. That with the parameters of the first shape in the table
/// has the operator's own name; `filter(|key, value, cx| …)` is `filter__3`.
fn method(name: &Ident, args: &Group, several: bool) -> Ident {
    let text = name.to_string();
    let args = arguments(args.stream());
    let closures: Vec<Option<usize>> = args.iter().map(|arg| parameters(arg)).collect();
    let mut form = String::new();
    if text.ends_with("_join") || text == "join" {
        match closures.get(2) {
            Some(Some(_)) => form.push_str("__by"),
            Some(None) => form.push_str("__in"),
            None => {}
        }
    } else if matches!(text.as_str(), "process" | "process_values") && several {
        form.push_str("__outputs");
    }
    if matches!(text.as_str(), "process" | "process_values" | "transform_values") && args.len() > 1 {
        form.push_str("__stores");
    }
    let usual = usual(&text, &closures);
    let found: Vec<usize> = closures.iter().zip(&usual).filter_map(|(found, usual)| found.or(*usual)).collect();
    if found != usual.iter().flatten().copied().collect::<Vec<_>>() {
        if found.len() > 1 && form.is_empty() {
            // Which of them asks for the context are too many forms to have a method each.
            form.push_str(&format!("__any{}", found.len()));
        } else {
            found.iter().for_each(|count| form.push_str(&format!("__{count}")));
        }
    }
    if form.is_empty() { name.clone() } else { Ident::new(&format!("{text}{form}"), name.span()) }
}

/// How many parameters the closures have in the first shape with as many arguments in which a
/// closure stands where a closure was found. The name of a function is taken for such a closure.
fn usual(name: &str, found: &[Option<usize>]) -> Vec<Option<usize>> {
    let name = name.strip_prefix("try_").unwrap_or(name);
    let of_shape = |shape: &&[Arg]| -> Vec<Option<usize>> {
        let of_arg = |arg: &Arg| match arg {
            Arg::Closure(parameters) => Some(parameters.len()),
            _ => None,
        };
        shape.iter().map(of_arg).collect()
    };
    let of_option = |option: &&OptionRow| -> Vec<Option<usize>> {
        let of_argument = |text: &&str| Some(text.strip_prefix('|')?.split_once('|')?.0.split(',').count());
        option.arguments.iter().map(of_argument).collect()
    };
    let shapes = OPERATORS.iter().filter(|row| row.name == name).flat_map(|row| row.shapes.iter()).map(of_shape);
    let options = OPTIONS.iter().filter(|option| option.name == name).map(of_option);
    let fits = |usual: &Vec<Option<usize>>| {
        usual.len() == found.len() && found.iter().zip(usual).all(|(found, usual)| found.is_none() || usual.is_some())
    };
    shapes.chain(options).find(fits).unwrap_or_else(|| vec![None; found.len()])
}

/// Arguments between commas. Those between the bars of a closure and in `::<…>` do not count.
fn arguments(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut args: Vec<Vec<TokenTree>> = vec![Vec::new()];
    let mut in_parameters = false;
    let mut in_types = 0;
    let mut before = ' ';
    for token in tokens {
        let punct = if let TokenTree::Punct(punct) = &token { punct.as_char() } else { ' ' };
        let Some(arg) = args.last_mut() else { break };
        match punct {
            '|' if in_parameters || arg.iter().all(is_move) => in_parameters = !in_parameters,
            '<' if before == ':' || in_types > 0 => in_types += 1,
            '>' if in_types > 0 && before != '-' => in_types -= 1,
            ',' if !in_parameters && in_types == 0 => {
                args.push(Vec::new());
                before = punct;
                continue;
            }
            _ => {}
        }
        before = punct;
        arg.push(token);
    }
    if args.last().is_some_and(Vec::is_empty) {
        args.pop();
    }
    args
}

fn is_move(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(word) if word == "move")
}

/// The number of parameters, if the argument is a closure.
fn parameters(arg: &[TokenTree]) -> Option<usize> {
    let start = arg.iter().position(|token| !is_move(token))?;
    let is_bar = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '|');
    if !is_bar(&arg[start]) {
        return None;
    }
    let inside: Vec<&TokenTree> = arg[start + 1..].iter().take_while(|token| !is_bar(token)).collect();
    let commas = inside.iter().filter(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')).count();
    let trailing = matches!(inside.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == ',');
    Some(if inside.is_empty() { 0 } else { commas + 1 - usize::from(trailing) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let tokens: TokenStream = text.parse().unwrap();
        body(&tokens.into_iter().collect::<Vec<_>>()).to_string().replace(' ', "")
    }

    #[test]
    fn forms_are_methods_of_their_own() {
        assert_eq!(shown("a.filter(|k, v| true).to(\"x\");"), "a.filter(|k,v|true).to(\"x\").__end();");
        assert_eq!(shown("a.filter(|k, v, cx| true);"), "a.filter__3(|k,v,cx|true).__end();");
        assert_eq!(shown("a.join(b, |l, r| 1);"), "a.join(b,|l,r|1).__end();");
        assert_eq!(shown("a.join(b, |k, l, r| 1);"), "a.join__3(b,|k,l,r|1).__end();");
        assert_eq!(shown("a.join(b, |l, r| 1, within(x));"), "a.join__in(b,|l,r|1,within(x)).__end();");
        assert_eq!(shown("a.try_join(b, |l, r| Ok::<_, E>(1));"), "a.try_join(b,|l,r|Ok::<_,E>(1)).__end();");
        assert_eq!(shown("a.aggregate(String::new, |k, v, a| a);"), "a.aggregate(String::new,|k,v,a|a).__end();");
        assert_eq!(shown("a.aggregate(String::new, |k, v, a, cx| a);"), "a.aggregate__any2(String::new,|k,v,a,cx|a).__end();");
        assert_eq!(shown("a.join(b, key_of, |l, r| 1);"), "a.join__by(b,key_of,|l,r|1).__end();");
        assert_eq!(shown("/// Doc\nlet v: Views = stream(\"v\");"), "#[doc=\"Doc\"]letv:<ViewsasOfHandle>::As=stream(\"v\").__end();");
        assert_eq!(shown("let (x, y) = a.process(P);"), "let(x,y)=a.process__outputs(P).__end();");
        assert_eq!(shown("let x = a.process(P, s);"), "letx=a.process__stores(P,s).__end();");
    }

    #[test]
    fn the_beginning_does_not_depend_on_what_follows() {
        let whole = shown("let v: Stream<A, B> = stream(\"v\"); v.filter(|k, v| v.x > 1).to(\"x\");");
        for broken in ["let v: Stream<A, B> = stream(\"v\"); v.", "let v: Stream<A, B> = stream(\"v\"); v.filter(|k, v| v. > 1)"] {
            let broken = shown(broken);
            let same = whole.chars().zip(broken.chars()).take_while(|(a, b)| a == b).count();
            assert!(same >= "letv:Stream<A,B>=stream::<A,B>(\"v\").__end();v.".len(), "{broken}");
        }
    }
}
