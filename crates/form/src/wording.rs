//! The words of a government's own report: the parts of its sections, and the sentences that say its figures.

use std::collections::HashMap;
use std::ops::Range;

use toml::Spanned;

use crate::file::*;
use crate::form::*;
use crate::load::Loader;
use crate::nearest;
use crate::toml_error::FormError;

pub(crate) fn section(s: FileSection) -> Section {
    let kind = match s.kind {
        FileSectionKind::Prose => SectionKind::Prose,
        FileSectionKind::Table => SectionKind::Table,
    };
    Section {
        id: s.id,
        number: s.number,
        title: s.title,
        aliases: s.aliases,
        kind,
        note: s.note,
        prompt: s.prompt,
        parts: s.part.into_iter().map(part).collect(),
        require: s.require.into_iter().map(require).collect(),
    }
}

fn part(p: FilePart) -> Part {
    let require = p.require.into_iter().map(require).collect();
    Part { id: p.id, number: p.number, title: p.title, aliases: p.aliases, prompt: p.prompt, require }
}

fn require(r: FileRequire) -> Require {
    Require { words: r.words, prompt: r.prompt }
}

/// Where a sentence is read: what its ids may name.
struct Reader<'a, 'l> {
    loader: &'a Loader<'l>,
    series: &'a [Series],
    items: bool,
    span: Range<usize>,
}

pub(crate) fn sentence(
    loader: &Loader<'_>,
    sections: &[Section],
    series: &[Series],
    s: &FileSentence,
) -> Result<Sentence, FormError> {
    let span = s.text.span();
    let found = sections.iter().find(|known| known.id == s.section);
    if found.is_none() && !(s.section.is_empty() && sections.is_empty()) {
        let hint = nearest(&s.section, sections.iter().map(|known| known.id.as_str())).unwrap_or("");
        return Err(loader.error(span, &s.section, format!("the sentence stands in no section; nearest: {hint}")));
    }
    let parts = found.map_or(&[][..], |section| &section.parts);
    if !s.part.is_empty() && parts.iter().all(|p| p.id != s.part) {
        let hint = nearest(&s.part, parts.iter().map(|p| p.id.as_str())).unwrap_or("");
        return Err(loader.error(span, &s.part, format!("the section has no such part; nearest: {hint}")));
    }
    let reader = |text: &Spanned<String>, items: bool| Reader { loader, series, items, span: text.span() }.read(text.get_ref());
    Ok(Sentence {
        section: s.section.clone(),
        part: s.part.clone(),
        continues: s.continues,
        pieces: reader(&s.text, !s.items.is_empty())?,
        items: s.items.iter().map(|i| reader(i, false)).collect::<Result<_, _>>()?,
        zero: loader.resolve_all(&s.zero, &HashMap::new())?,
        none: s.none.as_ref().map_or(Ok(Vec::new()), |none| reader(none, false))?,
    })
}

impl Reader<'_, '_> {
    fn read(&self, text: &str) -> Result<Vec<Piece>, FormError> {
        let (pieces, rest) = self.pieces(text, false)?;
        if rest.is_empty() { Ok(pieces) } else { Err(self.error("text", "a ] without its [")) }
    }

    /// Pieces up to the end, or to the `]` that closes what is optional; and what follows.
    fn pieces<'t>(&self, text: &'t str, within: bool) -> Result<(Vec<Piece>, &'t str), FormError> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '[', ']']) {
            if at > 0 {
                pieces.push(Piece::Words(rest[..at].to_owned()));
            }
            let (mark, after) = rest[at..].split_at(1);
            rest = match mark {
                "{" => {
                    let (inside, after) = after.split_once('}').ok_or_else(|| self.error("text", "a { without its }"))?;
                    pieces.push(self.figure(inside)?);
                    after
                }
                "[" => {
                    let (inner, after) = self.pieces(after, true)?;
                    pieces.push(Piece::Optional(inner));
                    after.strip_prefix(']').ok_or_else(|| self.error("text", "a [ without its ]"))?
                }
                _ if within => return Ok((pieces, &rest[at..])),
                _ => return Err(self.error("text", "a ] without its [")),
            };
        }
        if !rest.is_empty() {
            pieces.push(Piece::Words(rest.to_owned()));
        }
        Ok((pieces, ""))
    }

    fn figure(&self, inside: &str) -> Result<Piece, FormError> {
        Ok(match inside.split_once(':') {
            None if inside == "year" => Piece::Year,
            None if inside == "items" && self.items => Piece::Items,
            None if inside == "items" => return Err(self.error(inside, "the sentence has no `items`")),
            Some(("change", id)) => Piece::Change(self.one(id)?),
            Some(("share", ids)) => match ids.split_once('/') {
                Some((part, whole)) => Piece::Share(self.one(part)?, self.one(whole)?),
                None => Piece::Share(self.one(ids)?, String::new()),
            },
            Some((word, _)) => return Err(self.error(word, "known: change, share")),
            None => {
                let ids: Ids = inside.split('+').map(|id| Spanned::new(self.span.clone(), id.trim().to_owned())).collect();
                Piece::Sum(self.loader.resolve_all(&ids, &HashMap::new())?)
            }
        })
    }

    /// A series of the form.
    fn one(&self, id: &str) -> Result<String, FormError> {
        let id = id.trim();
        if self.series.iter().any(|s| s.id == id) {
            return Ok(id.to_owned());
        }
        let hint =
            nearest(id, self.series.iter().map(|s| s.id.as_str())).map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
        Err(self.error(id, &format!("unknown series{hint}")))
    }

    fn error(&self, key: &str, message: &str) -> FormError {
        self.loader.error(self.span.clone(), key, message)
    }
}
