//! How templates become pages: everything is escaped, a name that is not given is an error, and text from outside cannot
//! turn the direction of what stands around it.

use minijinja::{Environment, UndefinedBehavior, Value, escape_formatter};

/// An environment without templates.
pub(crate) fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_formatter(|out, state, value| match value.as_str().filter(|text| !value.is_safe() && text.contains(turns)) {
        Some(text) => escape_formatter(out, state, &Value::from(text.replace(turns, ""))),
        None => escape_formatter(out, state, value),
    });
    env
}

/// Marks that set the direction of text (UAX #9, explicit formatting): they are not seen, and one that is never closed turns
/// the rest of a line. Letters that run from right to left need none.
pub(crate) fn turns(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use minijinja::context;

    #[test]
    fn text_from_outside_is_escaped_and_keeps_its_direction() {
        let mut env = environment();
        env.add_template("a.html", "<b>{{ name }}</b>").unwrap();
        let made = |name: &str| env.get_template("a.html").unwrap().render(context! { name }).unwrap();
        assert_eq!(made("<i>\u{202E}局\u{202C}"), "<b>&lt;i&gt;局</b>");
        assert_eq!(made("שלום"), "<b>שלום</b>");
        assert!(env.get_template("a.html").unwrap().render(context! {}).is_err());
    }
}
