//! Reads a form file and proves it sound.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;

use toml::Spanned;

use crate::english::{English, in_english};
use crate::file::*;
use crate::form::*;
use crate::forms::Forms;
use crate::label;
use crate::nearest;
use crate::toml_error::{FormError, explain_toml, line_of};
use crate::wording;

/// What the variables of an `each` stand for: id and short name.
pub(crate) type Binding = HashMap<String, (String, String)>;

/// What is at hand while one file is turned into a form.
pub(crate) struct Loader<'a> {
    forms: &'a mut Forms,
    path: &'a Path,
    text: &'a str,
    blocks: Vec<Block>,
    cells: Vec<(String, Cell)>,
}

pub(crate) fn load(forms: &mut Forms, path: &Path, text: &str, prove: bool) -> Result<Form, FormError> {
    let parse = || toml::from_str::<File>(text).map_err(|e| explain_toml(path, text, &e));
    let file = parse()?;
    let loader = Loader { forms, path, text, blocks: Vec::new(), cells: Vec::new() };
    if loader.forms.find(file.id.get_ref()).is_some() {
        return Err(loader.error(file.id.span(), file.id.get_ref(), "a form of this id is known already; choose another id"));
    }
    let previous = match &file.previous {
        None => None,
        Some(id) => Some(loader.forms.find(id.get_ref()).ok_or_else(|| {
            loader.error(id.span(), id.get_ref(), "the form before it is not known; name it with an earlier --form-file")
        })?),
    };
    let mut words = previous.map(|p| loader.forms.form(p).words.clone()).unwrap_or_default();
    words.extend(file.english.clone());
    let (mut form, lines) = loader.form(file, previous)?;
    if prove {
        crate::sound::prove_cells_can_be_positive(&form, forms).map_err(|(i, cell)| {
            FormError::new(
                path,
                line_of(text, lines[i].start),
                &form.identities[i].name,
                format!("with the other identities it forces cell `{cell}` to 0 for ever; check the cells on both sides"),
            )
        })?;
    }
    if !words.is_empty() && form.language != "en" {
        let again = Loader { forms, path, text, blocks: Vec::new(), cells: Vec::new() };
        let mut english = again.form(in_english(parse()?, &words), previous)?.0;
        english.words.clone_from(&words);
        form.english = Some(Box::new(english));
    }
    form.words = words;
    Ok(form)
}
fn line(l: &FileLine, local: bool) -> Line {
    // `本年增/减` is one label, not two levels: a slash between two single characters belongs to the words.
    let mut label: Vec<String> = Vec::new();
    for piece in l.label.split('/') {
        match label.last_mut() {
            Some(last) if piece.chars().count() == 1 => {
                last.push('/');
                last.push_str(piece);
            }
            _ => label.push(piece.to_owned()),
        }
    }
    let leaf = label.last().cloned().unwrap_or_default();
    let short = l
        .short
        .clone()
        .unwrap_or_else(|| label::strip_number(&leaf.replace('（', "(").replace('）', ")").replace('、', ",")).to_owned());
    let short = if l.short.is_some() { short } else { leaf_without_number(&leaf, &short) };
    Line {
        id: l.id.get_ref().clone(),
        label,
        aliases: l.aliases.clone(),
        short,
        total: l.total,
        local,
        unit: l.unit.clone(),
        signed: l.signed,
    }
}

/// The printed leaf without its number: as many characters of it, from the end, as `stripped` has.
fn leaf_without_number(leaf: &str, stripped: &str) -> String {
    let (all, keep) = (leaf.chars().count(), stripped.chars().count());
    leaf.chars().skip(all.saturating_sub(keep)).collect::<String>().trim_start().to_owned()
}

fn join(parts: [&str; 3]) -> String {
    parts.iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join(".")
}

impl Loader<'_> {
    /// The form that the file describes, and where each of its identities stands in the text.
    fn form(mut self, file: File, previous: Option<FormIx>) -> Result<(Form, Vec<Range<usize>>), FormError> {
        let defs = self.blocks(&file)?;
        let (mut identities, mut lines) = (Vec::new(), Vec::new());
        for i in &file.identity {
            for made in self.identities(i)? {
                identities.push(made);
                lines.push(i.name.span());
            }
        }
        self.prove_directions(&identities, &lines)?;
        let series = self.series(&file.series)?;
        let sections: Vec<Section> = file.section.into_iter().map(wording::section).collect();
        let sentences = file.sentence.iter().map(|s| wording::sentence(&self, &sections, &series, s));
        let sentences = sentences.collect::<Result<_, _>>()?;
        let mut form = Form {
            english: None,
            words: English::new(),
            id: file.id.get_ref().clone(),
            title: file.title,
            issued_as: file.issued_as,
            language: file.language,
            from: file.from,
            to: file.to,
            previous,
            report_title: file.report_title,
            none: file.none,
            sections,
            cells: defs.iter().filter(|d| !d.local).map(|d| d.cell).collect(),
            local: defs.iter().filter(|d| d.local).map(|d| d.cell).collect(),
            guests: Vec::new(),
            identities,
            chains: self.chains(&file.chain, previous)?,
            crosswalk: self.crosswalk(&file.crosswalk, previous)?,
            alternates: Vec::new(),
            series,
            screen: match &file.screen {
                Some(s) => self.resolve_all(&s.cells, &HashMap::new())?,
                None => Vec::new(),
            },
            rulemaking: match &file.rulemaking {
                Some(r) => Rulemaking { cells: self.resolve_all(&r.cells, &HashMap::new())?, kinds: r.kinds.clone() },
                None => Rulemaking::default(),
            },
            sentences,
            prose: self.prose(&file.prose)?,
            blocks: self.blocks,
            defs: Vec::new(),
        };
        form.defs = vec![None; self.forms.width()];
        for def in defs {
            let at = def.cell.index();
            form.defs[at] = Some(def);
        }
        Ok((form, lines))
    }

    pub(crate) fn error(&self, span: Range<usize>, key: &str, message: impl Into<String>) -> FormError {
        FormError::new(self.path, line_of(self.text, span.start), key, message)
    }

    fn blocks(&mut self, file: &File) -> Result<Vec<CellDef>, FormError> {
        let mut defs = Vec::new();
        for (b, block) in file.block.iter().enumerate() {
            let columns: Vec<Line> = block.columns.iter().map(|c| line(c, false)).collect();
            let rows: Vec<Line> =
                block.rows.iter().map(|r| line(r, false)).chain(block.local.iter().map(|r| line(r, true))).collect();
            if !block.section.is_empty() && !file.section.iter().any(|s| s.id == block.section) {
                let hint = nearest(&block.section, file.section.iter().map(|s| s.id.as_str())).unwrap_or("none is declared");
                return Err(self.error(block.id.span(), &block.section, format!("unknown section; nearest: {hint}")));
            }
            let mut cells = Vec::new();
            for (r, row) in rows.iter().enumerate() {
                for (c, column) in columns.iter().enumerate() {
                    let id = join([&block.prefix, &row.id, &column.id]);
                    let unit = row.unit.as_ref().or(column.unit.as_ref()).unwrap_or(&block.unit).clone();
                    let kind = if unit.contains('元') || unit == "USD" { Kind::Amount } else { Kind::Count };
                    let cell = self.forms.intern(&id, kind);
                    if self.cells.iter().any(|(known, _)| *known == id) {
                        return Err(self.error(block.id.span(), &id, "the cell is declared twice"));
                    }
                    self.cells.push((id.clone(), cell));
                    cells.push(cell);
                    defs.push(CellDef {
                        cell,
                        id,
                        block: b,
                        row: r,
                        column: c,
                        unit,
                        kind,
                        signed: row.signed || column.signed,
                        total: row.total || column.total,
                        local: row.local,
                    });
                }
            }
            let layout = match block.layout {
                FileLayout::Matrix => Layout::Matrix,
                FileLayout::Line => Layout::Line,
            };
            self.blocks.push(Block {
                id: block.id.get_ref().clone(),
                section: block.section.clone(),
                table: block.table.clone(),
                item: block.item.clone(),
                corner: block.corner.clone(),
                layout,
                unit: block.unit.clone(),
                columns,
                rows,
                cells,
            });
        }
        Ok(defs)
    }

    /// Every binding of the variables of `each`, with the short name that each value has in words.
    fn bindings(&self, each: &Each, at: Range<usize>) -> Result<Vec<Binding>, FormError> {
        let mut all = vec![HashMap::new()];
        for (variable, values) in each {
            let lines = |block: &Block| -> Vec<(String, String)> {
                let lines = if variable == "column" { &block.columns } else { &block.rows };
                lines.iter().filter(|l| !l.local).map(|l| (l.id.clone(), l.short.clone())).collect()
            };
            let values: Vec<(String, String)> = match values {
                toml::Value::String(block) => {
                    let found = self.blocks.iter().find(|b| b.id == *block).ok_or_else(|| {
                        let hint = nearest(block, self.blocks.iter().map(|b| b.id.as_str())).unwrap_or("");
                        self.error(at.clone(), block, format!("`each` names no block; nearest: {hint}"))
                    })?;
                    lines(found)
                }
                toml::Value::Array(ids) => {
                    let named: HashMap<String, String> = self.blocks.iter().flat_map(lines).collect();
                    let mut values = Vec::new();
                    for id in ids {
                        let Some(id) = id.as_str() else {
                            return Err(self.error(at.clone(), variable, "`each` takes a block's id or a list of ids"));
                        };
                        values.push((id.to_owned(), named.get(id).cloned().unwrap_or_else(|| id.to_owned())));
                    }
                    values
                }
                _ => return Err(self.error(at.clone(), variable, "`each` takes a block's id or a list of ids")),
            };
            all = all
                .into_iter()
                .flat_map(|b: Binding| {
                    values
                        .iter()
                        .map(move |v| {
                            let mut b = b.clone();
                            b.insert(variable.clone(), v.clone());
                            b
                        })
                        .collect::<Vec<_>>()
                })
                .collect();
        }
        Ok(all)
    }

    /// The cells that an id means: variables filled in, `*` matching any rest.
    fn resolve(&self, pattern: &Spanned<String>, binding: &Binding) -> Result<Vec<Cell>, FormError> {
        let id = fill(pattern.get_ref(), binding, |v| &v.0);
        if let Some((front, back)) = id.split_once('*') {
            let cells: Vec<Cell> = self
                .cells
                .iter()
                .filter(|(known, _)| known.len() > front.len() + back.len() && known.starts_with(front) && known.ends_with(back))
                .map(|&(_, cell)| cell)
                .collect();
            if cells.is_empty() {
                return Err(self.error(pattern.span(), &id, "no cell of this form matches the pattern"));
            }
            return Ok(cells);
        }
        self.cells.iter().find(|(known, _)| *known == id).map(|&(_, cell)| vec![cell]).ok_or_else(|| {
            let hint = nearest(&id, self.cells.iter().map(|(known, _)| known.as_str()))
                .map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
            self.error(pattern.span(), &id, format!("unknown cell{hint}"))
        })
    }

    pub(crate) fn resolve_all(&self, patterns: &Ids, binding: &Binding) -> Result<Vec<Cell>, FormError> {
        let mut cells = Vec::new();
        for p in patterns {
            cells.extend(self.resolve(p, binding)?);
        }
        Ok(cells)
    }

    fn identities(&self, i: &FileIdentity) -> Result<Vec<Identity>, FormError> {
        self.bindings(&i.each, i.name.span())?
            .iter()
            .map(|binding| {
                Ok(Identity {
                    name: i.name.get_ref().clone(),
                    instance: instance(binding),
                    parts: self.resolve_all(&i.parts, binding)?,
                    whole: self.resolve_all(&i.whole, binding)?,
                    label: fill(&i.label, binding, |v| &v.1),
                    severity: i.severity,
                })
            })
            .collect()
    }

    /// An identity whose net coefficients all have one sign asks a sum of non-negative cells to be 0.
    fn prove_directions(&self, identities: &[Identity], lines: &[Range<usize>]) -> Result<(), FormError> {
        for (identity, span) in identities.iter().zip(lines) {
            let mut net: BTreeMap<Cell, i64> = BTreeMap::new();
            for (cell, k) in identity.terms() {
                *net.entry(cell).or_default() += k;
            }
            net.retain(|_, k| *k != 0);
            if net.is_empty() {
                return Err(self.error(span.clone(), &identity.name, "says nothing: both sides are the same cells"));
            }
            if net.values().all(|k| *k > 0) || net.values().all(|k| *k < 0) {
                let cells: Vec<&str> = net.keys().map(|c| self.forms.id(*c)).collect();
                return Err(self.error(
                    span.clone(),
                    &identity.name,
                    format!("forces to 0 for ever: {}; a cell stands on both sides or one side is missing", cells.join(", ")),
                ));
            }
        }
        Ok(())
    }

    fn terms(&self, ids: &Ids, binding: &Binding) -> Result<Vec<Term>, FormError> {
        let mut terms = Vec::new();
        for id in ids {
            let (sign, bare) = match id.get_ref().strip_prefix('-') {
                Some(rest) => (-1, rest),
                None => (1, id.get_ref().as_str()),
            };
            let bare = Spanned::new(id.span(), bare.to_owned());
            terms.extend(self.resolve(&bare, binding)?.into_iter().map(|cell| Term { sign, cell }));
        }
        Ok(terms)
    }

    fn chains(&self, chains: &[FileChain], previous: Option<FormIx>) -> Result<Vec<Chain>, FormError> {
        let mut out = Vec::new();
        for c in chains {
            for binding in self.bindings(&c.each, c.name.span())? {
                let (this, last) = (self.terms(&c.this, &binding)?, self.terms(&c.last, &binding)?);
                if c.across {
                    let Some(previous) = previous else {
                        return Err(self.error(
                            c.name.span(),
                            c.name.get_ref(),
                            "`across` needs a form before this one (`previous`)",
                        ));
                    };
                    for term in &last {
                        if self.forms.form(previous).def(term.cell).is_none() {
                            return Err(self.error(c.name.span(), self.forms.id(term.cell),
                                format!("chain `{}` goes into a cell that form {} does not have; drop `across` or name a cell of both", c.name.get_ref(), self.forms.form(previous).id)));
                        }
                    }
                }
                out.push(Chain {
                    name: c.name.get_ref().clone(),
                    instance: instance(&binding),
                    this,
                    last,
                    across: c.across,
                    label: fill(&c.label, &binding, |v| &v.1),
                    severity: c.severity,
                });
            }
        }
        Ok(out)
    }

    fn crosswalk(&self, walks: &[FileCrosswalk], previous: Option<FormIx>) -> Result<Vec<Crosswalk>, FormError> {
        let mut out = Vec::new();
        for w in walks {
            let at = w.old.first().map_or(0..0, Spanned::span);
            let Some(previous) = previous else {
                return Err(self.error(at, "crosswalk", "needs a form before this one (`previous`)"));
            };
            for binding in self.bindings(&w.each, at.clone())? {
                let mut old = Vec::new();
                for id in &w.old {
                    let filled = fill(id.get_ref(), &binding, |v| &v.0);
                    let form = self.forms.form(previous);
                    let cell = self
                        .forms
                        .cell(&filled)
                        .filter(|c| form.def(*c).is_some())
                        .ok_or_else(|| self.error(id.span(), &filled, format!("form {} has no such cell", form.id)))?;
                    old.push(cell);
                }
                out.push(Crosswalk { old, new: self.resolve_all(&w.new, &binding)? });
            }
        }
        Ok(out)
    }

    fn series(&self, series: &[FileSeries]) -> Result<Vec<Series>, FormError> {
        let mut out: Vec<Series> = Vec::new();
        for s in series {
            for binding in self.bindings(&s.each, s.id.span())? {
                let id = fill(s.id.get_ref(), &binding, |v| &v.0);
                if out.iter().any(|known| known.id == id) {
                    return Err(self.error(s.id.span(), &id, "the series is declared twice"));
                }
                out.push(Series {
                    id,
                    label: fill(&s.label, &binding, |v| &v.1),
                    unit: s.unit.clone(),
                    numerator: self.resolve_all(&s.numerator, &binding)?,
                    denominator: self.resolve_all(&s.denominator, &binding)?,
                    break_note: s.break_note.clone(),
                });
            }
        }
        Ok(out)
    }

    fn prose(&self, p: &FileProse) -> Result<Prose, FormError> {
        let none = HashMap::new();
        let mut filler = p.filler.clone();
        filler.sort_by_key(|w| std::cmp::Reverse(w.len()));
        let subject = |s: &FileProseSubject| -> Result<ProseSubject, FormError> {
            let base = s.base.iter().map(|ids| self.resolve_all(ids, &none)).collect::<Result<_, _>>()?;
            Ok(ProseSubject { words: s.words.clone(), base })
        };
        let claim = |c: &FileClaim| -> Result<Claim, FormError> {
            let id = c.subject.get_ref();
            let Some(subject) = p.subject.iter().position(|s| s.id == *id) else {
                return Err(self.error(c.subject.span(), id, "no [[prose.subject]] has this id"));
            };
            let or = c.or.iter().map(|ids| self.terms(ids, &none)).collect::<Result<_, _>>()?;
            Ok(Claim { subject, says: c.says.clone(), denies: c.denies.clone(), cells: self.resolve_all(&c.cells, &none)?, or })
        };
        let explain = |e: &FileExplain| -> Result<Explain, FormError> {
            Ok(Explain { cells: self.resolve_all(&e.cells, &none)?, section: e.section.clone(), words: e.words.clone() })
        };
        Ok(Prose {
            filler,
            elsewhere: p.elsewhere.clone(),
            units: p.units.clone(),
            compared: p.compared.clone(),
            more: p.more.clone(),
            less: p.less.clone(),
            shares: p.shares.clone(),
            subjects: p.subject.iter().map(subject).collect::<Result<_, _>>()?,
            claims: p.claim.iter().map(claim).collect::<Result<_, _>>()?,
            least: p.least.iter().map(|l| (l.section.clone(), l.characters)).collect(),
            explain: p.explain.iter().map(explain).collect::<Result<_, _>>()?,
        })
    }
}

fn fill(template: &str, binding: &Binding, pick: impl Fn(&(String, String)) -> &String) -> String {
    let mut out = template.to_owned();
    for (variable, value) in binding {
        out = out.replace(&format!("{{{variable}}}"), pick(value));
    }
    out
}

fn instance(binding: &Binding) -> String {
    let mut names: Vec<_> = binding.iter().collect();
    names.sort();
    names.into_iter().map(|(_, v)| v.0.as_str()).collect::<Vec<_>>().join(",")
}
