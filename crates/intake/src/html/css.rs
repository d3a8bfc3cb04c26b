//! Style sheets in a page: rules of simple selectors, for the few properties that bear on what is read.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use super::style::Style;
use super::tags::{Name, Tag};
use super::tree::{Id, NONE, ROOT, Tree};

/// A sheet has no more rules than this that matter.
const MAX_RULES: usize = 20_000;
/// Comparisons of elements with selectors: pages with large sheets make some hundred thousand.
const MAX_COMPARISONS: u64 = 3_000_000;
/// Blocks such as `@media` nest no deeper.
const MAX_NESTING: usize = 8;
/// Width in CSS pixels for which `@media` is judged: a desktop.
const WIDTH: f64 = 1280.0;

/// Style sheets, ready to be asked.
#[derive(Debug, Default)]
pub(super) struct Sheets {
    /// Without the rules that say no more than that letters have a size, which most elements would match for nothing.
    usual: Rules,
    all: Rules,
}

#[derive(Debug, Default)]
struct Rules {
    rules: Vec<Rule>,
    /// Rules by what the last part of their selector names.
    by_class: HashMap<String, Vec<u32>>,
    by_id: HashMap<String, Vec<u32>>,
    by_tag: HashMap<String, Vec<u32>>,
    for_all: Vec<u32>,
    /// Whether names of classes are the same in either case.
    quirks: bool,
    /// Elements compared with selectors so far.
    comparisons: Cell<u64>,
}

#[derive(Debug)]
struct Rule {
    selector: Vec<(Relation, Simple)>,
    specificity: (u32, u32, u32),
    usual: Style,
    important: Style,
}

/// How an element stands to the one that the selector names before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    First,
    Descendant,
    Child,
    /// Directly behind it.
    Next,
}

/// What a selector says of one element.
#[derive(Debug, Default)]
struct Simple {
    tag: Option<String>,
    id: Option<String>,
    classes: Vec<String>,
    /// `:nth-child(n)` and the like, from the front and from the back.
    from_front: Option<usize>,
    from_back: Option<usize>,
}

impl Sheets {
    pub(super) fn new(quirks: bool) -> Sheets {
        let mut out = Sheets::default();
        (out.usual.quirks, out.all.quirks) = (quirks, quirks);
        out
    }

    /// Whether they say nothing of any element, unless letters have no size around it.
    pub(super) fn is_silent(&self, sizeless: bool) -> bool {
        self.usual.rules.is_empty() && (!sizeless || self.all.rules.is_empty())
    }

    /// Whether elements were compared with rules more often than any page has need of.
    pub(super) fn is_exhausted(&self) -> bool {
        self.usual.comparisons.get().max(self.all.comparisons.get()) > MAX_COMPARISONS
    }

    /// Adds a style sheet.
    pub(super) fn add(&mut self, text: &str) {
        self.rules_in(&without_comments(text), 0);
    }

    /// What the sheets say of an element: what its own `style` may overrule, and what it may not. `sizeless` says that
    /// letters have no size around it.
    pub(super) fn style(&self, tree: &Tree<'_>, id: Id, tag: Tag, sizeless: bool) -> (Style, Style) {
        if self.all.rules.is_empty() {
            return (Style::default(), Style::default());
        }
        let found = self.usual.style(tree, id, tag);
        if sizeless || found.0.sizeless == Some(true) || found.1.sizeless == Some(true) {
            return self.all.style(tree, id, tag);
        }
        found
    }

    fn rules_in(&mut self, text: &str, depth: usize) {
        let mut rest = text;
        loop {
            // Word hides its style sheets from old browsers.
            rest = rest.trim_ascii_start();
            while let Some(r) = rest.strip_prefix("<!--").or_else(|| rest.strip_prefix("-->")) {
                rest = r.trim_ascii_start();
            }
            let is_statement = rest.starts_with('@');
            let Some(at) = rest.find(|c| c == '{' || is_statement && c == ';') else { return };
            let prelude = rest[..at].trim();
            if rest.as_bytes()[at] == b';' {
                rest = &rest[at + 1..];
                continue;
            }
            let (inner, after) = block(&rest[at + 1..]);
            rest = after;
            if let Some(rule) = prelude.strip_prefix('@') {
                let name = rule.split(|c: char| !(c.is_ascii_alphabetic() || c == '-')).next().unwrap_or_default();
                let applies = match name.to_ascii_lowercase().as_str() {
                    "media" => is_on_screen(&rule[name.len()..]),
                    "supports" | "layer" => true,
                    _ => false,
                };
                if applies && depth < MAX_NESTING {
                    self.rules_in(inner, depth + 1);
                }
            } else {
                let (usual, important) = Style::read(inner);
                let sized = Style { sizeless: Some(false), ..Style::default() };
                let says_nothing = |s: &Style| s.says_nothing() || *s == sized;
                if !usual.says_nothing() || !important.says_nothing() {
                    self.all.add(prelude, usual, important);
                }
                if !says_nothing(&usual) || !important.says_nothing() {
                    self.usual.add(prelude, usual, important);
                }
            }
        }
    }
}

impl Rules {
    fn add(&mut self, selectors: &str, usual: Style, important: Style) {
        for selector in selectors.split(',') {
            let Some(selector) = parse(selector) else { continue };
            let Some((_, last)) = selector.last() else { continue };
            if self.rules.len() >= MAX_RULES {
                return;
            }
            let at = self.rules.len() as u32;
            if let Some(id) = &last.id {
                self.by_id.entry(id.to_ascii_lowercase()).or_default().push(at);
            } else if let Some(class) = last.classes.first() {
                self.by_class.entry(class.to_ascii_lowercase()).or_default().push(at);
            } else if let Some(tag) = &last.tag {
                self.by_tag.entry(tag.clone()).or_default().push(at);
            } else {
                self.for_all.push(at);
            }
            let count = |f: fn(&Simple) -> usize| selector.iter().map(|(_, s)| f(s) as u32).sum::<u32>();
            let places = |s: &Simple| usize::from(s.from_front.is_some()) + usize::from(s.from_back.is_some());
            let specificity = (
                count(|s| usize::from(s.id.is_some())),
                count(|s| s.classes.len()) + selector.iter().map(|(_, s)| places(s) as u32).sum::<u32>(),
                count(|s| usize::from(s.tag.is_some())),
            );
            self.rules.push(Rule { selector, specificity, usual, important });
        }
    }

    fn style(&self, tree: &Tree<'_>, id: Id, tag: Tag) -> (Style, Style) {
        let mut found: Vec<u32> = self.for_all.clone();
        if !self.by_tag.is_empty()
            && let Some(rules) = std::str::from_utf8(tag.name()).ok().and_then(|n| self.by_tag.get(n))
        {
            found.extend(rules);
        }
        if !self.by_class.is_empty()
            && let Some(classes) = tree.attribute(id, Name::Class)
        {
            let classes = classes.split_ascii_whitespace().take(64);
            found.extend(classes.filter_map(|c| self.by_class.get(lower(c).as_ref())).flatten());
        }
        if !self.by_id.is_empty()
            && let Some(name) = tree.attribute(id, Name::Id)
        {
            found.extend(self.by_id.get(lower(name.trim()).as_ref()).into_iter().flatten());
        }
        found.retain(|r| self.matches(tree, id, &self.rules[*r as usize].selector));
        found.sort_by_key(|r| (self.rules[*r as usize].specificity, *r));
        let (mut usual, mut important) = (Style::default(), Style::default());
        for rule in found {
            usual.overlay(&self.rules[rule as usize].usual);
            important.overlay(&self.rules[rule as usize].important);
        }
        (usual, important)
    }

    fn matches(&self, tree: &Tree<'_>, id: Id, selector: &[(Relation, Simple)]) -> bool {
        let Some(((relation, simple), before)) = selector.split_last() else { return true };
        if !self.is(tree, id, simple) {
            return false;
        }
        // Without going back on a choice: `.a .b > .c` may be missed where `.b` stands twice above.
        let mut at = id;
        match relation {
            Relation::First => true,
            Relation::Child => {
                at = tree.node(at).parent;
                at != NONE && at != ROOT && self.matches(tree, at, before)
            }
            Relation::Next => {
                at = sibling(tree, at, |n| n.before);
                at != NONE && self.matches(tree, at, before)
            }
            Relation::Descendant => {
                let Some((_, wanted)) = before.last() else { return true };
                for _ in 0..64 {
                    at = tree.node(at).parent;
                    if at == NONE || at == ROOT {
                        // `html` and `body` have no node of their own.
                        return matches!(wanted.tag.as_deref(), Some("html" | "body")) && before.len() == 1;
                    }
                    if self.is(tree, at, wanted) {
                        return self.matches(tree, at, before);
                    }
                }
                false
            }
        }
    }

    fn is(&self, tree: &Tree<'_>, id: Id, simple: &Simple) -> bool {
        self.comparisons.set(self.comparisons.get() + 1);
        let same = |a: &str, b: &str| a == b || self.quirks && a.eq_ignore_ascii_case(b);
        if simple.tag.as_ref().is_some_and(|t| tree.tag(id).name() != t.as_bytes()) {
            return false;
        }
        if simple.id.as_ref().is_some_and(|i| !tree.attribute(id, Name::Id).is_some_and(|a| same(a.trim(), i))) {
            return false;
        }
        if !simple.classes.is_empty() {
            let own = tree.attribute(id, Name::Class).unwrap_or_default();
            if !simple.classes.iter().all(|c| own.split_ascii_whitespace().any(|o| same(o, c))) {
                return false;
            }
        }
        let stands = |wanted: Option<usize>, step: fn(&super::tree::Node) -> Id| {
            wanted.is_none_or(|wanted| {
                let mut at = id;
                for _ in 1..wanted {
                    at = sibling(tree, at, step);
                    if at == NONE {
                        return false;
                    }
                }
                sibling(tree, at, step) == NONE
            })
        };
        stands(simple.from_front, |n| n.before) && stands(simple.from_back, |n| n.next)
    }
}

/// The next element on one side.
fn sibling(tree: &Tree<'_>, id: Id, step: fn(&super::tree::Node) -> Id) -> Id {
    let mut at = step(tree.node(id));
    // Texts between elements: a handful, unless the page means harm.
    for _ in 0..16 {
        if at == NONE || matches!(tree.node(at).kind, super::tree::Kind::Element(_)) {
            return at;
        }
        at = step(tree.node(at));
    }
    NONE
}

fn lower(name: &str) -> Cow<'_, str> {
    let is_lower = !name.bytes().any(|b| b.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(name) } else { Cow::Owned(name.to_ascii_lowercase()) }
}

fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        out.push(' ');
        rest = after.split_once("*/").map_or("", |(_, r)| r);
    }
    out.push_str(rest);
    out
}

/// The inside of a block that has begun, and what follows it. Quoted braces do not count.
fn block(text: &str) -> (&str, &str) {
    let (mut depth, mut quote) = (0usize, None);
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(q), b) if b == q || b == b'\n' => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'{') => depth += 1,
            (None, b'}') if depth == 0 => return (&text[..at], &text[at + 1..]),
            (None, b'}') => depth -= 1,
            _ => {}
        }
    }
    (text, "")
}

/// Whether a media query holds for a desktop's screen.
pub(super) fn is_on_screen(query: &str) -> bool {
    let query = query.to_ascii_lowercase();
    query.trim().is_empty() || query.split(',').any(|q| is_condition_met(q.trim()))
}

fn is_condition_met(query: &str) -> bool {
    let (negated, query) = match query.strip_prefix("not ") {
        Some(rest) => (true, rest),
        None => (false, query.strip_prefix("only ").unwrap_or(query)),
    };
    let met = query.split(" and ").all(|part| {
        let part = part.trim();
        let Some(feature) = part.strip_prefix('(').and_then(|p| p.strip_suffix(')')) else {
            return matches!(part, "all" | "screen");
        };
        let Some((name, value)) = feature.split_once(':') else { return false };
        let end = value.trim().find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(value.trim().len());
        let number: Option<f64> = value.trim()[..end].parse().ok();
        let pixels = number.map(|n| if value.trim().ends_with("em") { n * 16.0 } else { n });
        match name.trim() {
            "min-width" | "min-device-width" => pixels.is_some_and(|n| n <= WIDTH),
            "max-width" | "max-device-width" => pixels.is_some_and(|n| n >= WIDTH),
            _ => false,
        }
    });
    met != negated
}

/// Reads a selector; nothing where it says what is not known here (`:hover`, `[type]`, `::before`).
fn parse(text: &str) -> Option<Vec<(Relation, Simple)>> {
    let text = text.trim();
    if text.is_empty() || text.len() > 400 {
        return None;
    }
    let mut out: Vec<(Relation, Simple)> = Vec::new();
    let mut relation = Relation::First;
    let spaced = text.replace('>', " > ").replace('+', " + ");
    let spaced = if text.contains('(') { text.to_owned() } else { spaced };
    for word in spaced.split_ascii_whitespace() {
        match word {
            ">" => relation = Relation::Child,
            "+" => relation = Relation::Next,
            _ => {
                let relation = std::mem::replace(&mut relation, Relation::Descendant);
                out.push((relation, simple(word)?));
            }
        }
    }
    (out.len() <= 8).then_some(out)
}

fn simple(word: &str) -> Option<Simple> {
    let mut out = Simple::default();
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let body = &rest[if is_name(first) { 0 } else { first.len_utf8() }..];
        let end = body.find(|c| !is_name(c)).unwrap_or(body.len());
        let name = body[..end].to_owned();
        rest = &body[end..];
        match first {
            '*' if name.is_empty() => {}
            '.' if !name.is_empty() => out.classes.push(name),
            '#' if !name.is_empty() => out.id = Some(name),
            ':' => {
                let argument = rest.strip_prefix('(').and_then(|r| r.split_once(')'));
                rest = argument.map_or(rest, |a| a.1);
                let number = || argument.and_then(|a| a.0.trim().parse().ok()).filter(|n| (1..=64).contains(n));
                match name.to_ascii_lowercase().as_str() {
                    "first-child" => out.from_front = Some(1),
                    "last-child" => out.from_back = Some(1),
                    "nth-child" => out.from_front = Some(number()?),
                    "nth-last-child" => out.from_back = Some(number()?),
                    _ => return None,
                }
            }
            c if is_name(c) && rest.len() + end == word.len() => out.tag = Some(name.to_ascii_lowercase()),
            _ => return None,
        }
    }
    Some(out)
}
