//! A sheet of agencies: heads, live sums, one row an agency, and the identities at the end of each row.

use nianbao_compile::SumRow;
use nianbao_form::{Cell, Identity, Kind, Report, Severity, State, decimal_text};
use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{ConditionalFormatFormula, Formula, Worksheet, XlsxError};

use super::looks::Style;
use super::plan::{AGENCY, Plan, TOP, live};
use super::{Maker, shown};
use crate::grid::spans;
use crate::live::{Verdict, decimals, double, fits, quoted};
use crate::sheet::{block, fit, header, lines, note, page};

impl Maker<'_, '_> {
    /// Makes a sheet of agencies.
    pub(super) fn table(&self, sheet: &mut Worksheet, plan: &Plan) -> Result<(), XlsxError> {
        self.heads(sheet, plan)?;
        self.sums(sheet, plan, plan.total(), None)?;
        for (i, _) in self.shape.groups.iter().enumerate() {
            self.sums(sheet, plan, plan.total() + 1 + i as u32, Some(i))?;
        }
        for i in 0..self.shape.agencies.len() {
            self.agency(sheet, plan, plan.first() + i as u32, i)?;
        }
        if self.shape.agencies.is_empty() {
            sheet.write_string_with_format(plan.first(), AGENCY, self.lang.say("book_no_agencies"), &self.looks.name)?;
        }
        self.colours(sheet, plan)?;
        let end = plan.checked().max(plan.side + 1) - 1;
        let last = end + plan.checks.len() as u16;
        sheet.autofilter(plan.filter(), 0, plan.last(), last)?;
        // Sums of many groups would leave no room for the agencies below them.
        let many = self.shape.groups.len() > 6;
        sheet.set_freeze_panes(if many { plan.total() + 1 } else { plan.first() }, plan.side)?;
        page(sheet, self.lang, true, 1);
        header(sheet, &plan.title);
        let breaks = plan.breaks();
        if !breaks.is_empty() {
            let widest = breaks.windows(2).map(|w| w[1] - w[0]).chain([breaks[0] - plan.side]).max().unwrap_or(1);
            let width = 58.0 + 14.0 * self.shape.levels as f64 + 9.5 * f64::from(widest);
            // About so many characters of the widest substitute of the standard font stand side by side on A4 across.
            sheet.set_print_fit_to_pages(0, 0).set_print_scale((10_000.0 / width).clamp(40.0, 100.0) as u16);
            sheet.set_vertical_page_breaks(&breaks.iter().map(|b| u32::from(*b)).collect::<Vec<_>>())?;
        }
        sheet.set_print_area(TOP, 0, plan.last(), end)?;
        sheet.set_repeat_rows(TOP, plan.total() - 1)?;
        sheet.set_repeat_columns(0, plan.side - 1)?;
        Ok(())
    }

    fn heads(&self, sheet: &mut Worksheet, plan: &Plan) -> Result<(), XlsxError> {
        let (looks, depth) = (&self.looks, plan.depth());
        sheet.write_string_with_format(0, 0, fit(&plan.title), &looks.title)?;
        sheet.set_row_height(0, 26)?;
        self.back(sheet, 1)?;
        let absent = self.figures.absent().count();
        let mut text = self.lang.say("book_table_note").to_owned();
        if absent > 0 {
            text.push_str(&self.lang.not_in_sum(absent));
        }
        sheet.write_string_with_format(1, 2, text, &looks.small)?;
        let mut sides: Vec<(String, f64)> =
            vec![(self.lang.say("book_no").to_owned(), 5.0), (self.lang.say("agency").to_owned(), 24.0)];
        sides.extend((0..self.shape.levels).map(|_| (self.lang.say("book_group_of").to_owned(), 14.0)));
        sides.push((self.lang.say("status").to_owned(), 11.0));
        if !plan.checks.is_empty() {
            sides.push((self.lang.say("book_check").to_owned(), 11.0));
        }
        for (i, (text, width)) in sides.iter().enumerate() {
            block(sheet, (TOP, i as u16, depth, 1), text, &looks.head)?;
            sheet.set_column_width(i as u16, *width)?;
            sheet.write_string_with_format(plan.filter(), i as u16, "", &looks.slim)?;
        }
        if !plan.checks.is_empty() {
            let labels = crate::blank::kinds(plan.checks.iter().map(|&k| &self.form.identities[k]), self.lang);
            note(sheet, TOP, plan.side - 1, &format!("{}\n{}", self.lang.say("book_check_note"), labels.join("\n")))?;
        }
        // A head over columns of two pages is written on each: one merged cell would print on one of them only.
        let breaks = plan.breaks();
        for s in spans(&plan.labels, depth as usize) {
            let (from, to) = (plan.side + s.start as u16, plan.side + (s.start + s.len) as u16);
            let inside = breaks.iter().copied().filter(|b| from < *b && *b < to);
            let edges: Vec<u16> = std::iter::once(from).chain(inside).chain([to]).collect();
            for piece in edges.windows(2) {
                let area = (TOP + s.level as u32, piece[0], s.levels as u32, piece[1] - piece[0]);
                block(sheet, area, &s.text, &looks.head)?;
            }
        }
        for level in 0..depth {
            let last = level + 1 == depth;
            sheet.set_row_height(TOP + level, if last && depth > 1 { 66.0 } else { 34.0 })?;
        }
        for (i, cell) in plan.cells.iter().enumerate() {
            let column = plan.side + i as u16;
            let money = self.edition.forms.kind(*cell) == Kind::Amount;
            sheet.set_column_width(column, self.digits(*cell).max(if money { 18.0 } else { 9.5 }))?;
            sheet.write_number_with_format(plan.filter(), column, i as f64 + 1.0, &looks.slim)?;
        }
        self.identity_heads(sheet, plan)
    }

    fn identity_heads(&self, sheet: &mut Worksheet, plan: &Plan) -> Result<(), XlsxError> {
        let Some(last) = plan.checks.len().checked_sub(1) else { return Ok(()) };
        let depth = plan.depth();
        let from = plan.checked();
        if depth > 1 {
            block(sheet, (TOP, from, 1, last as u16 + 1), self.lang.say("book_check_heads"), &self.looks.head)?;
        }
        for (i, &k) in plan.checks.iter().enumerate() {
            let column = from + i as u16;
            let top = TOP + u32::from(depth > 1);
            block(sheet, (top, column, depth - u32::from(depth > 1), 1), &self.form.identities[k].label, &self.looks.head)?;
            sheet.set_column_width(column, 22.0)?;
            sheet.write_string_with_format(plan.filter(), column, "", &self.looks.slim)?;
        }
        Ok(())
    }

    /// The live sums: of all agencies, or of a group's.
    fn sums(&self, sheet: &mut Worksheet, plan: &Plan, row: u32, group: Option<usize>) -> Result<(), XlsxError> {
        let line = group.map(|g| &self.shape.groups[g]);
        let (id, label) = match line {
            None => (self.edition.compilation.root.as_str(), self.lang.say("total")),
            Some(g) => (g.id, self.lang.say("book_subtotal")),
        };
        for column in 0..plan.side {
            sheet.write_blank(row, column, &self.looks.total_name)?;
        }
        sheet.write_string_with_format(row, AGENCY, label, &self.looks.total_name)?;
        let key = line.map(|g| (1 + g.level as u16, &g.label));
        if let Some((column, label)) = key {
            sheet.write_string_with_format(row, column, fit(label), &self.looks.total_name)?;
        }
        for (i, &cell) in plan.cells.iter().enumerate() {
            let sum = self.edition.compilation.sum(id, self.edition.year, cell);
            self.sum(sheet, plan, row, plan.side + i as u16, key.map(|k| k.0), (id, cell, sum))?;
        }
        for i in 0..plan.checks.len() {
            sheet.write_blank(row, plan.checked() + i as u16, &self.looks.total_name)?;
        }
        Ok(())
    }

    fn sum(
        &self,
        sheet: &mut Worksheet,
        plan: &Plan,
        row: u32,
        column: u16,
        group: Option<u16>,
        (id, cell, sum): (&str, Cell, Option<&SumRow>),
    ) -> Result<(), XlsxError> {
        let known = sum.and_then(|s| s.millionths);
        let owing = self.owing(id, cell);
        let style = if owing.len() > self.absent(id) { Style::Lower } else { Style::Total };
        let mut remarks = Vec::new();
        if !owing.is_empty() {
            remarks.push(self.lang.owing(owing.len() as u32, &owing));
        }
        let long = known.is_some_and(|n| !fits(n)) || self.has_long(cell);
        match known {
            // What formulas cannot add without losing digits stands as text, as the program has added it.
            Some(n) if long => {
                sheet.write_string_with_format(row, column, decimal_text(n), self.looks.number(style, 0))?;
                remarks.push(self.lang.say("book_long_sum").to_owned());
            }
            _ => {
                let formula = formula(self.edition.forms.kind(cell), plan, row, column, group, known.is_some());
                let result = known.map(decimal_text).unwrap_or_default();
                let shown = self.decimals(cell, known.map_or(0, decimals));
                sheet.write_formula_with_format(
                    row,
                    column,
                    Formula::new(formula).set_result(result),
                    self.looks.number(style, shown),
                )?;
            }
        }
        if remarks.is_empty() { Ok(()) } else { note(sheet, row, column, &remarks.join("\n")) }
    }

    /// How many agencies of a group have not reported: that is said once, and sets no single sum off.
    pub(super) fn absent(&self, group: &str) -> usize {
        self.edition.compilation.coverage_of(group, self.edition.year).iter().filter(|c| c.status == "missing").count()
    }

    /// The agencies of a group whose figure a sum lacks. At the top those are left out that give it in another year's row.
    pub(super) fn owing(&self, group: &str, cell: Cell) -> Vec<&str> {
        let compilation = self.edition.compilation;
        let all = compilation.owing(group, self.edition.year, cell);
        if group != compilation.root || all.is_empty() {
            return all;
        }
        let owed: Vec<&str> = self.figures.owed(&[cell]).into_iter().map(|o| o.0).collect();
        let absent: Vec<&str> = self.figures.absent().map(|c| c.agency.as_str()).collect();
        all.into_iter().filter(|a| owed.contains(a) || absent.contains(a)).collect()
    }

    /// Whether some agency's figure has more digits than formulas keep.
    pub(super) fn has_long(&self, cell: Cell) -> bool {
        self.shape.agencies.iter().any(|a| shown(a.report, cell).is_some_and(|n| !fits(i128::from(n.millionths()))))
    }

    /// Width that the longest figure of a column takes, with the marks between thousands.
    fn digits(&self, cell: Cell) -> f64 {
        let agencies = self.shape.agencies.iter().filter_map(|a| shown(a.report, cell)).map(|n| i128::from(n.millionths()));
        let groups = self.shape.groups.iter().map(|g| g.id).chain([self.edition.compilation.root.as_str()]);
        let sums = groups.filter_map(|id| self.edition.compilation.sum(id, self.edition.year, cell)?.millionths);
        let long = agencies.chain(sums).map(|n| decimal_text(n).len()).max().unwrap_or(0);
        long as f64 * 4.0 / 3.0 + 2.0
    }

    /// Decimals to show: money has at least two.
    pub(super) fn decimals(&self, cell: Cell, own: u32) -> u32 {
        if self.edition.forms.kind(cell) == Kind::Amount { own.max(2) } else { own }
    }

    fn agency(&self, sheet: &mut Worksheet, plan: &Plan, row: u32, at: usize) -> Result<(), XlsxError> {
        let (line, looks) = (&self.shape.agencies[at], &self.looks);
        sheet.write_number_with_format(row, 0, at as f64 + 1.0, &looks.text)?;
        // A string is written as a string whatever it begins with, so a name such as `=1+1` is no formula.
        sheet.write_string_with_format(row, AGENCY, fit(&line.coverage.agency), &looks.name)?;
        let labels = line.groups.iter().flatten().map(|g| lines(&self.shape.groups[*g].label, 14.0));
        let tall = labels.fold(lines(&line.coverage.agency, 24.0), f64::max);
        if tall > 1.0 {
            sheet.set_row_height(row, 13.5 * tall + 2.0)?;
        }
        for (i, g) in line.groups.iter().enumerate() {
            let label = g.map_or("", |g| self.shape.groups[g].label.as_str());
            sheet.write_string_with_format(row, 2 + i as u16, fit(label), &looks.name)?;
        }
        let status = self.lang.coverage(&line.coverage.status);
        sheet.write_string_with_format(row, self.shape.status(), status, &looks.text)?;
        for (i, &cell) in plan.cells.iter().enumerate() {
            let column = plan.side + i as u16;
            match line.report {
                Some(report) => self.cell(sheet, row, column, report, cell)?,
                None => sheet.write_blank(row, column, &looks.absent).map(|_| ())?,
            }
        }
        match line.report {
            Some(report) => self.identities(sheet, plan, row, report),
            None => (0..plan.checks.len() as u16)
                .map(|i| plan.checked() + i)
                .chain((!plan.checks.is_empty()).then_some(plan.side - 1))
                .try_for_each(|c| sheet.write_blank(row, c, &looks.absent).map(|_| ())),
        }
    }

    fn cell(&self, sheet: &mut Worksheet, row: u32, column: u16, report: &Report, cell: Cell) -> Result<(), XlsxError> {
        let value = report.value(cell);
        let found = self.marks.get(&(report.agency_key(), self.edition.forms.id(cell)));
        let worst = found.and_then(|f| f.iter().map(|f| f.severity).max());
        let style = match worst {
            Some(Severity::Error) => Style::Error,
            Some(Severity::Warning) => Style::Warning,
            Some(Severity::Info) => Style::Info,
            None if value.is_derived() => Style::Derived,
            None => Style::Plain,
        };
        let mut remarks: Vec<String> = found.map(|f| super::messages(f, self.lang)).unwrap_or_default();
        let text = worst.map_or(&self.looks.text, |s| &self.looks.marked[s as usize]);
        match (shown(Some(report), cell), value.state) {
            (Some(number), _) => {
                let millionths = i128::from(number.millionths());
                let look = self.looks.number(style, self.decimals(cell, decimals(millionths)));
                if fits(millionths) {
                    sheet.write_number_with_format(row, column, double(millionths), look)?;
                } else {
                    sheet.write_string_with_format(row, column, decimal_text(millionths), look)?;
                    remarks.push(self.lang.say("book_long_number").to_owned());
                }
                remarks.extend(self.lang.source_of(value));
            }
            (None, State::None | State::Text) => {
                sheet.write_string_with_format(row, column, fit(&value.raw), text)?;
            }
            (None, State::Absent) if worst.is_none() => {
                sheet.write_blank(row, column, &self.looks.absent)?;
            }
            _ => {
                sheet.write_blank(row, column, self.looks.number(style, 0))?;
            }
        }
        if remarks.is_empty() { Ok(()) } else { note(sheet, row, column, &remarks.join("\n")) }
    }

    /// The identities of an agency's row, and above all the one word for them beside its name.
    fn identities(&self, sheet: &mut Worksheet, plan: &Plan, row: u32, report: &Report) -> Result<(), XlsxError> {
        let Some(last) = plan.checks.len().checked_sub(1) else { return Ok(()) };
        let open = self.lang.say("book_check_open");
        let own = self.edition.forms.identities(report);
        let (mut wrong, mut undecided) = (0, 0);
        for (i, &k) in plan.checks.iter().enumerate() {
            let column = plan.checked() + i as u16;
            let wanted = &self.form.identities[k];
            let same = |o: &&Identity| o.name == wanted.name && o.instance == wanted.instance;
            let Some(identity) = own.iter().find(same) else {
                sheet.write_blank(row, column, &self.looks.absent)?;
                continue;
            };
            let live = live(self.form, &self.plans, plan, row, report, identity);
            let verdict = live.as_ref().map_or(Verdict::Open, |l| l.verdict());
            match verdict {
                Verdict::Difference(0) => {}
                Verdict::Difference(_) => wrong += 1,
                Verdict::Open => undecided += 1,
            }
            let text = verdict.text(open);
            match live.and_then(|l| l.formula(open)) {
                Some(formula) => {
                    sheet.write_formula_with_format(row, column, Formula::new(formula).set_result(text), &self.looks.check)?
                }
                None => sheet.write_string_with_format(row, column, text, &self.looks.check)?,
            };
        }
        let (from, to) = (column_number_to_name(plan.checked()), column_number_to_name(plan.checked() + last as u16));
        let range = format!("{from}{0}:{to}{0}", row + 1);
        let (bad, wait, good) =
            (self.lang.say("book_check_bad"), self.lang.say("book_check_wait"), self.lang.say("book_check_good"));
        let formula = format!(
            "=IF(SUMPRODUCT(ISNUMBER({range})*({range}<>0))>0,SUMPRODUCT(ISNUMBER({range})*({range}<>0))&\"{bad}\",IF(COUNTIF({range},\"{open}\")>0,COUNTIF({range},\"{open}\")&\"{wait}\",\"{good}\"))"
        );
        let result = match (wrong, undecided) {
            (0, 0) => good.to_owned(),
            (0, n) => format!("{n}{wait}"),
            (n, _) => format!("{n}{bad}"),
        };
        sheet.write_formula_with_format(row, plan.side - 1, Formula::new(formula).set_result(result), &self.looks.check)?;
        Ok(())
    }

    /// Colours that follow the formulas.
    fn colours(&self, sheet: &mut Worksheet, plan: &Plan) -> Result<(), XlsxError> {
        let Some(last) = plan.checks.len().checked_sub(1) else { return Ok(()) };
        let (top, bottom) = (plan.first(), plan.last());
        let cell = |column: u16| format!("{}{}", column_number_to_name(column), top + 1);
        let (one, from) = (cell(plan.side - 1), plan.checked());
        let first = cell(from);
        let ends = |words: &str| format!("=RIGHT({one},{})=\"{words}\"", words.chars().count());
        let open = self.lang.say("book_check_open");
        for (rule, look) in [
            (ends(self.lang.say("book_check_bad")), &self.looks.bad),
            (ends(self.lang.say("book_check_wait")), &self.looks.open),
            (ends(self.lang.say("book_check_good")), &self.looks.good),
        ] {
            let format = ConditionalFormatFormula::new().set_rule(rule.as_str()).set_format(look);
            sheet.add_conditional_format(top, plan.side - 1, bottom, plan.side - 1, &format)?;
        }
        for (rule, look) in
            [(format!("=AND(ISNUMBER({first}),{first}<>0)"), &self.looks.bad), (format!("={first}=\"{open}\""), &self.looks.open)]
        {
            let format = ConditionalFormatFormula::new().set_rule(rule.as_str()).set_format(look);
            sheet.add_conditional_format(top, from, bottom, from + last as u16, &format)?;
        }
        Ok(())
    }
}

/// Σ of a column: over all agencies, or over those of one group, whose name stands in its row.
fn formula(kind: Kind, plan: &Plan, row: u32, column: u16, group: Option<u16>, known: bool) -> String {
    let range = |column: u16, fixed: &str| {
        let letters = column_number_to_name(column);
        format!("{fixed}{letters}${}:{fixed}{letters}${}", plan.first() + 1, plan.last() + 1)
    };
    let figures = range(column, "");
    let sum = match group {
        None => format!("SUM({figures})"),
        Some(of) => {
            let letters = column_number_to_name(of);
            format!("SUMPRODUCT(--({}=${letters}{}),{figures})", range(of, "$"), row + 1)
        }
    };
    let sum = if kind == Kind::Amount { format!("ROUND({sum},6)") } else { sum };
    // Where nobody gives a figure there is no sum, which is not 0.
    match (known, group) {
        (true, _) => format!("={sum}"),
        (false, None) => format!("=IF(COUNT({figures})=0,\"\",{sum})"),
        (false, Some(of)) => {
            let letters = column_number_to_name(of);
            format!("=IF(SUMPRODUCT(({}=${letters}{})*ISNUMBER({figures}))=0,\"\",{sum})", range(of, "$"), row + 1)
        }
    }
}

/// A reference to the sum of a cell, for other sheets.
pub(super) fn total_of(plan: &Plan, cell: Cell) -> Option<String> {
    let column = plan.column(cell)?;
    Some(format!("{}!{}{}", quoted(&plan.name), column_number_to_name(column), plan.total() + 1))
}
