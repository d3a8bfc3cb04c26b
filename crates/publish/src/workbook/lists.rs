//! Who has reported, and what was found.

use nianbao_form::{Finding, Severity, Status};
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::{Maker, percent};
use crate::letters;
use crate::live::quoted;
use crate::sheet::{fit, lines, page};
use crate::words::Lang;

/// A workbook takes no more links on a sheet (Excel: 65,530).
const LINKS: usize = 60_000;

impl Maker<'_, '_> {
    /// The head of a list below its title: names, widths, filter.
    fn list(
        &self,
        sheet: &mut Worksheet,
        title: &str,
        heads: &[(String, f64)],
        rows: usize,
        frozen: u16,
    ) -> Result<(), XlsxError> {
        sheet.write_string_with_format(0, 0, fit(title), &self.looks.title)?;
        sheet.set_row_height(0, 26)?;
        self.back(sheet, 1)?;
        for (i, (name, width)) in heads.iter().enumerate() {
            sheet.write_string_with_format(2, i as u16, name, &self.looks.head)?;
            sheet.set_column_width(i as u16, *width)?;
        }
        sheet.set_row_height(2, 30)?;
        sheet.autofilter(2, 0, 2 + rows.max(1) as u32, heads.len() as u16 - 1)?;
        sheet.set_freeze_panes(3, frozen)?;
        page(sheet, self.lang, true, 1);
        sheet.set_repeat_rows(2, 2)?;
        Ok(())
    }

    /// Makes the sheet that says who has reported, when, in which file.
    pub(super) fn coverage(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (lang, looks) = (self.lang, &self.looks);
        let mut heads = vec![(lang.say("book_no").to_owned(), 5.0), (lang.say("agency").to_owned(), 30.0)];
        heads.extend((0..self.shape.levels).map(|_| (lang.say("book_group_of").to_owned(), 16.0)));
        for (key, width) in [
            ("status", 13.0),
            ("book_received", 12.0),
            ("file", 36.0),
            ("book_file_status", 13.0),
            ("book_errors", 8.0),
            ("book_warnings", 8.0),
            ("book_infos", 8.0),
        ] {
            heads.push((lang.say(key).to_owned(), width));
        }
        let title = lang.sheet_title(&self.edition.group_name, self.edition.year, "book_coverage_title");
        self.list(sheet, &title, &heads, self.shape.agencies.len(), 2)?;
        for (i, line) in self.shape.agencies.iter().enumerate() {
            let row = 3 + i as u32;
            sheet.write_number_with_format(row, 0, i as f64 + 1.0, &looks.text)?;
            let mut texts = vec![line.coverage.agency.clone()];
            texts.extend(line.groups.iter().map(|g| g.map_or(String::new(), |g| self.shape.groups[g].label.clone())));
            texts.push(lang.coverage(&line.coverage.status).to_owned());
            let source = line.report.map(|r| r.source.to_string()).unwrap_or_default();
            texts.push(self.edition.received.get(&source).cloned().unwrap_or_default());
            let receipt = self.edition.entries.iter().find(|e| line.report.is_some_and(|r| std::ptr::eq(r, e.report)));
            let receipt = receipt.and_then(|e| self.edition.receipts.get(e.receipt));
            texts.push(source);
            texts.push(receipt.map_or(String::new(), |r| lang.file_status(r.status.as_str()).to_owned()));
            let tall = texts.iter().zip(&heads[1..]).map(|(t, h)| lines(t, h.1)).fold(1.0, f64::max);
            sheet.set_row_height(row, (13.0 * tall + 4.0).min(400.0))?;
            for (c, text) in texts.iter().enumerate() {
                sheet.write_string_with_format(row, 1 + c as u16, fit(text), if c == 0 { &looks.left } else { &looks.name })?;
            }
            if line.coverage.status == "missing" {
                sheet.write_string_with_format(row, self.shape.status(), lang.coverage("missing"), &looks.marked[2])?;
            }
            let counted = [Severity::Error, Severity::Warning, Severity::Info].map(|s| {
                let of = |f: &&Finding| f.subject.agency_key() == line.key() && f.severity == s && is_open(f) && f.leads();
                self.edition.findings.iter().filter(of).filter(|f| f.subject.year == self.edition.year).count()
            });
            for (c, n) in counted.into_iter().enumerate() {
                sheet.write_number_with_format(row, 1 + (texts.len() + c) as u16, n as f64, &looks.text)?;
            }
        }
        self.other_files(sheet, 3 + self.shape.agencies.len() as u32 + 1)
    }

    /// Files whose figures are not in the sums, with the reason: none is passed over.
    fn other_files(&self, sheet: &mut Worksheet, mut row: u32) -> Result<(), XlsxError> {
        let (lang, look) = (self.lang, crate::sheet::plain(self.lang));
        let entries = |i: usize| self.edition.entries.iter().filter(move |e| e.receipt == i);
        let unused = |i: &usize| entries(*i).all(|e| e.superseded);
        let others: Vec<usize> = (0..self.edition.receipts.len()).filter(unused).collect();
        if others.is_empty() {
            return Ok(());
        }
        sheet.write_string_with_format(row, 0, lang.say("book_other_files"), &look.clone().set_bold())?;
        for i in others {
            row += 1;
            let receipt = &self.edition.receipts[i];
            let reason = if lang == Lang::En { &receipt.reason_en } else { &receipt.reason };
            let superseded = entries(i).next().is_some();
            let status = if superseded { "superseded" } else { receipt.status.as_str() };
            let text = format!("{}{}{}", receipt.name, lang.say("colon"), lang.file_status(status));
            let text = if superseded || reason.is_empty() { text } else { format!("{text} — {reason}") };
            sheet.write_string_with_format(row, 1, fit(&text), &look)?;
        }
        Ok(())
    }

    /// Makes the list of findings, each with a link to its cell.
    pub(super) fn findings(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (lang, looks) = (self.lang, &self.looks);
        let heads: Vec<(String, f64)> = [
            ("severity", 8.0),
            ("agency", 22.0),
            ("rule", 16.0),
            ("item", 28.0),
            ("found", 12.0),
            ("expected", 12.0),
            ("book_see", 16.0),
            ("comment", 62.0),
            ("place", 22.0),
            ("influence", 9.0),
            ("decision", 9.0),
            ("key", 30.0),
        ]
        .map(|(key, width)| (lang.say(key).to_owned(), width))
        .to_vec();
        let listed: Vec<&Finding> = self.leads.iter().map(|(_, f)| *f).collect();
        let title = lang.sheet_title(&self.edition.group_name, self.edition.year, "book_findings_title");
        self.list(sheet, &title, &heads, listed.len(), 2)?;
        // The key is for the command line; on paper it would only make the rest small.
        sheet.set_print_area(0, 0, 2 + listed.len().max(1) as u32, heads.len() as u16 - 2)?;
        if listed.is_empty() {
            sheet.write_string_with_format(3, 1, lang.say("book_no_findings"), &looks.left)?;
        }
        for (i, f) in listed.iter().enumerate() {
            let row = 3 + i as u32;
            let comment = self.explained(f);
            let texts = [
                lang.severity(f.severity).to_owned(),
                f.subject.agency.clone(),
                lang.rule_title(f).to_owned(),
                letters::cell_names(self.edition, self.form, lang, f),
                f.found.join(" "),
                letters::wanted(f).join(" "),
                String::new(),
                comment,
                lang.place(&f.place),
                f.influence.map(percent).unwrap_or_default(),
                lang.status(f.status).to_owned(),
                f.key.clone(),
            ];
            let tall = texts.iter().zip(&heads).map(|(t, h)| lines(t, h.1)).fold(1.0, f64::max);
            sheet.set_row_height(row, (13.0 * tall + 5.0).min(400.0))?;
            for (c, text) in texts.iter().enumerate() {
                let look = if c == 0 { &looks.marked[f.severity as usize] } else { &looks.left };
                sheet.write_string_with_format(row, c as u16, fit(text), look)?;
            }
            if let Some((name, cell)) = self.place(f).filter(|_| i < LINKS) {
                let link = format!("internal:{}!{cell}", quoted(&name));
                sheet.write_url_with_options(
                    row,
                    6,
                    link.as_str(),
                    format!("{name} {cell}"),
                    "",
                    Some(&looks.boxed_link.clone().set_text_wrap()),
                )?;
            }
        }
        Ok(())
    }

    /// What a finding says, and the other ways to mend the same error that it does not name itself: those are no errors of
    /// their own.
    fn explained(&self, f: &Finding) -> String {
        const SHOWN: usize = 4;
        let lang = self.lang;
        let mut text = f.text(lang.code()).to_owned();
        let below = self.below.get(f.cause_key()).map(Vec::as_slice).unwrap_or_default();
        let names = |o: &Finding| letters::cell_names(self.edition, self.form, lang, o);
        let others = below.iter().filter(|o| f.leads() && o.cause.is_none() && o.key != f.key && !text.contains(&names(o)));
        let join = |list: &[String]| lang.list(list.iter().map(|v| v.trim()).filter(|v| !v.is_empty()));
        let more: Vec<String> = others
            .take(SHOWN)
            .map(|o| {
                let change = lang.change_to(&names(o), &join(&o.found), &join(letters::wanted(o)));
                format!("\n{}{change}", lang.say("alternative"))
            })
            .collect();
        text.push_str(&more.concat());
        text
    }

    /// Sheet and cell where a finding is marked.
    fn place(&self, f: &Finding) -> Option<(String, String)> {
        if f.subject.year != self.edition.year {
            return None;
        }
        let at = self.shape.agencies.iter().position(|a| a.key() == f.subject.agency_key() && a.report.is_some())?;
        let cell = super::marked(self.edition, f)
            .iter()
            .find_map(|id| self.edition.forms.cell(id).filter(|c| self.plan_of(*c).is_some()))?;
        let plan = self.plan_of(cell)?;
        let row = plan.first() + at as u32;
        Some((plan.name.clone(), rust_xlsxwriter::utility::row_col_to_cell(row, plan.column(cell)?)))
    }
}

fn is_open(f: &Finding) -> bool {
    matches!(f.status, Status::Open | Status::Confirmed)
}
