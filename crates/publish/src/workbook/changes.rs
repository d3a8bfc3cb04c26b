//! How the district's figures have changed since last year, as the compilation gives them; where they cannot be compared it
//! says why.

use nianbao_compile::{Growth, SeriesRow, SumRow, growth};
use nianbao_form::{Cell, decimal_text};
use rust_xlsxwriter::{Formula, Worksheet, XlsxError};

use super::Maker;
use super::looks::Style;
use super::plan::printed_name;
use super::table::total_of;
use crate::live::{decimals, double, fits};
use crate::sheet::{fit, lines, page};

/// A figure of two years.
struct Line {
    table: String,
    item: String,
    unit: String,
    before: Figure,
    now: Figure,
    /// The change, where it may be said.
    growth: Option<Growth>,
    /// Whether the two are per cent, whose change is one in points.
    ratio: bool,
    remark: String,
    /// Where this year's sum stands.
    link: Option<String>,
}

#[derive(Clone, Copy, Default)]
struct Figure {
    millionths: Option<i128>,
    lower: bool,
}

impl Maker<'_, '_> {
    /// Makes the sheet of changes.
    pub(super) fn changes(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (lang, looks) = (self.lang, &self.looks);
        let heads = [
            ("book_table", 12.0),
            ("book_figure", 46.0),
            ("book_unit", 8.0),
            ("book_last_year", 14.0),
            ("book_this_year", 14.0),
            ("book_change", 13.0),
            ("book_change_percent", 11.0),
            ("book_remark", 50.0),
        ];
        let title = lang.sheet_title(&self.edition.group_name, self.edition.year, "book_changes_title");
        sheet.write_string_with_format(0, 0, fit(&title), &looks.title)?;
        sheet.set_row_height(0, 26)?;
        self.back(sheet, 1)?;
        for (i, (key, width)) in heads.iter().enumerate() {
            sheet.write_string_with_format(2, i as u16, lang.of_year(key, self.edition.year), &looks.head)?;
            sheet.set_column_width(i as u16, *width)?;
        }
        let all = self.lines();
        for (i, line) in all.iter().enumerate() {
            self.line(sheet, 3 + i as u32, line)?;
            sheet.set_row_height(3 + i as u32, 13.0 * lines(&line.item, 46.0).max(lines(&line.remark, 50.0)) + 5.0)?;
        }
        sheet.autofilter(2, 0, 2 + all.len().max(1) as u32, heads.len() as u16 - 1)?;
        sheet.set_freeze_panes(3, 2)?;
        page(sheet, lang, true, 1);
        sheet.set_repeat_rows(2, 2)?;
        Ok(())
    }

    fn line(&self, sheet: &mut Worksheet, row: u32, line: &Line) -> Result<(), XlsxError> {
        let looks = &self.looks;
        for (c, text) in [(0, &line.table), (1, &line.item), (2, &line.unit), (7, &line.remark)] {
            sheet.write_string_with_format(row, c, fit(text), if c == 2 { &looks.text } else { &looks.left })?;
        }
        for (column, figure, link) in [(3, line.before, None), (4, line.now, line.link.as_ref())] {
            let Some(n) = figure.millionths else {
                sheet.write_blank(row, column, &looks.absent)?;
                continue;
            };
            let look = looks.number(Style::Plain, decimals(n));
            match link {
                _ if !fits(n) => sheet.write_string_with_format(row, column, decimal_text(n), look)?,
                Some(link) => {
                    let formula = Formula::new(format!("={link}")).set_result(decimal_text(n));
                    sheet.write_formula_with_format(row, column, formula, look)?
                }
                None => sheet.write_number_with_format(row, column, double(n), look)?,
            };
        }
        let Some(growth) = line.growth else {
            sheet.write_blank(row, 5, &looks.absent)?;
            sheet.write_blank(row, 6, &looks.absent)?;
            return Ok(());
        };
        let live = [Some(growth.change), line.before.millionths, line.now.millionths].into_iter().flatten().all(fits);
        let look = looks.change(decimals(growth.change));
        let (last, this) = (format!("D{}", row + 1), format!("E{}", row + 1));
        if live {
            let formula = Formula::new(format!("=ROUND({this}-{last},6)")).set_result(decimal_text(growth.change));
            sheet.write_formula_with_format(row, 5, formula, look)?;
        } else {
            sheet.write_string_with_format(row, 5, decimal_text(growth.change), look)?;
        }
        match growth.percent_text().filter(|_| !line.ratio) {
            Some(text) if live => {
                // Thousandths first: the quotient is then rounded as exactly as the compilation rounds it.
                let formula = format!("=ROUND(({this}-{last})*1000/{last},0)/10");
                sheet.write_formula_with_format(row, 6, Formula::new(formula).set_result(text), &looks.percent)?;
            }
            Some(text) => {
                sheet.write_string_with_format(row, 6, format!("{text}%"), &looks.percent)?;
            }
            None => {
                sheet.write_blank(row, 6, &looks.absent)?;
            }
        }
        Ok(())
    }

    /// Series first, then every figure of the form.
    fn lines(&self) -> Vec<Line> {
        let compilation = self.edition.compilation;
        let mut out = Vec::new();
        for series in &self.form.series {
            let of = |year: Option<u16>| {
                let year = year?;
                compilation.series_of(&compilation.root, &series.id).find(|r| r.year == year)
            };
            let (before, now) = (of(self.edition.year.checked_sub(1)), of(Some(self.edition.year)));
            if before.or(now).is_none() {
                continue;
            }
            out.push(self.series(&series.label, &series.unit, &series.id, before, now));
        }
        for block in &self.form.blocks {
            for row in 0..block.rows.len() {
                for column in 0..block.columns.len() {
                    let cell = block.cell(row, column);
                    if !block.rows[row].local || compilation.sum(&compilation.root, self.edition.year, cell).is_some() {
                        out.push(self.sum_line(printed_name(self.lang, &block.table), cell));
                    }
                }
            }
        }
        out
    }

    fn series(&self, label: &str, unit: &str, id: &str, before: Option<&SeriesRow>, now: Option<&SeriesRow>) -> Line {
        let lang = self.lang;
        let figure = |r: Option<&SeriesRow>| Figure {
            millionths: r.and_then(SeriesRow::value_millionths),
            lower: r.is_some_and(|r| r.lower_bound && r.value_millionths().is_some()),
        };
        let ratio = now.or(before).is_some_and(|r| r.ratio);
        let (b, n) = (figure(before), figure(now));
        let note = now.map_or("", |r| self.form.say(&r.break_note, lang.code()));
        let compilation = self.edition.compilation;
        let free = note.is_empty() && !b.lower && !n.lower;
        let own = self.form.series.iter().find(|s| s.id == id);
        let cells: Vec<Cell> = own.map_or_else(Vec::new, |s| s.numerator.iter().chain(&s.denominator).copied().collect());
        if note.is_empty() && self.figures.is_queried(&cells) {
            let (table, item) = (lang.say("book_key_figures").to_owned(), label.to_owned());
            let (unit, remark) = (unit.to_owned(), lang.say("book_queried").to_owned());
            return Line { table, item, unit, before: b, now: n, growth: None, ratio, remark, link: None };
        }
        let growth = match ratio {
            true if free => growth(b.millionths, n.millionths),
            true => None,
            false => compilation.growth(&compilation.root, id, self.edition.year),
        };
        let mut remark = if note.is_empty() { self.remark(b, n, None, growth, ratio) } else { lang.broken(note) };
        if growth.is_none()
            && let Some(like) = compilation.like_for_like(&compilation.root, id, self.edition.year)
        {
            let (change, percent) = (decimal_text(like.growth.change), like.growth.percent_text());
            remark =
                format!("{remark}{}{}", lang.say("book_stop"), lang.like_for_like_of(like.agencies, &change, percent.as_deref()));
        }
        Line {
            table: lang.say("book_key_figures").to_owned(),
            item: label.to_owned(),
            unit: unit.to_owned(),
            before: b,
            now: n,
            growth,
            ratio,
            remark,
            link: None,
        }
    }

    fn sum_line(&self, table: String, cell: Cell) -> Line {
        let compilation = self.edition.compilation;
        let of = |year: Option<u16>| year.and_then(|y| compilation.sum(&compilation.root, y, cell));
        let (before, now) = (of(self.edition.year.checked_sub(1)), of(Some(self.edition.year)));
        let figure = |s: Option<&SumRow>| Figure {
            millionths: s.and_then(|s| s.millionths),
            lower: s.is_some_and(|s| s.lower_bound() && s.millionths.is_some()),
        };
        let (b, n) = (figure(before), figure(now));
        let queried = self.figures.is_queried(&[cell]);
        let growth = if b.lower || n.lower || queried { None } else { growth(b.millionths, n.millionths) };
        let missing = [before, now].map(|s| s.map_or(0, |s| s.missing));
        let remark = match queried {
            true => self.lang.say("book_queried").to_owned(),
            false => self.remark(b, n, Some(missing), growth, false),
        };
        let link = self.plan_of(cell).filter(|_| !self.has_long(cell)).and_then(|p| total_of(p, cell));
        let unit = self.form.def(cell).map_or(String::new(), |d| d.unit.clone());
        let item = match self.form.block_of(cell).map(|b| b.item.as_str()) {
            Some(item) if !item.is_empty() => format!("{item}{}{}", self.lang.say("colon"), self.form.name(cell)),
            _ => self.form.name(cell),
        };
        Line { table, item, unit, before: b, now: n, growth, ratio: false, remark, link }
    }

    /// Why two figures are not compared, or not in per cent.
    fn remark(&self, before: Figure, now: Figure, missing: Option<[u32; 2]>, growth: Option<Growth>, ratio: bool) -> String {
        let lang = self.lang;
        let compilation = self.edition.compilation;
        let known = |year: Option<u16>| year.is_some_and(|y| compilation.years.contains(&y));
        if !known(self.edition.year.checked_sub(1)) {
            return lang.say("book_no_last_year").to_owned();
        }
        let [of_before, of_now] = missing.unwrap_or([0, 0]);
        match (before.millionths, now.millionths) {
            (None, _) if of_before > 0 => return lang.gap(Some(of_before), None),
            (None, _) => return lang.say("book_not_last_year").to_owned(),
            (_, None) => return lang.say("book_not_this_year").to_owned(),
            _ => {}
        }
        match growth {
            _ if before.lower || now.lower => lang.gap(before.lower.then_some(of_before), now.lower.then_some(of_now)),
            Some(_) if ratio => lang.say("book_points").to_owned(),
            Some(g) if g.small_base() => lang.say("book_small_base").to_owned(),
            _ => String::new(),
        }
    }
}
