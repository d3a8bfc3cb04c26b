//! A report as it is sent: figures and words in the dress that the agency gives them.

use std::collections::BTreeMap;

use nianbao_form::{Cell, Form, FormIx, Forms, Number, SectionKind};

use crate::dice::Dice;
use crate::figures::Figures;
use crate::grid::{self, Extra, Grid};
use crate::prose::Sections;

/// The file that a report comes as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// A Word document.
    Docx,
    /// A saved web page; `old` is GB18030.
    Html { old: bool },
    /// Text pasted from Word, one cell a line.
    Lines { old: bool },
    /// Text with tabs between cells.
    Tabs,
    /// Normalised cells.
    Csv,
}

impl Format {
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Format::Docx => "docx",
            Format::Html { .. } => "html",
            Format::Lines { .. } | Format::Tabs => "txt",
            Format::Csv => "csv",
        }
    }
}

/// How zeros are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zero {
    /// As `0`.
    Digit,
    /// Applicant columns without any request are left blank.
    BlankColumns,
    /// All applicant columns are left blank: only totals are filled.
    TotalsOnly,
    /// With a mark in the applicant columns.
    Mark(&'static str),
}

/// How numbers are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Digits {
    /// `1234`
    Plain,
    /// `1,234`
    Commas,
    /// `１２３４`
    FullWidth,
    /// `1234件`
    Unit,
    /// `1 234`
    Spaces,
}

/// How money is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Money {
    /// `12.5`, in 万元.
    Bare,
    /// `125000元`
    Yuan,
    /// `12.5万元`
    Wan,
}

/// The dress of a report.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    pub(crate) format: Format,
    pub(crate) zero: Zero,
    pub(crate) digits: Digits,
    pub(crate) money: Money,
    /// Column heads over two lines.
    pub(crate) breaks: bool,
    /// Digits of one number in several runs.
    pub(crate) split: bool,
    /// Position among title and aliases of each section.
    pub(crate) titles: usize,
    /// Pattern of the file name.
    pub(crate) file_name: u32,
    pub(crate) signature: bool,
}

impl Style {
    /// Draws the dress of a report.
    pub(crate) fn draw(dice: &mut Dice, year: u16, asked: bool) -> Style {
        let old = year <= 2020;
        let format = match dice.weighted(&[46, 22, 12, 11, 9]) {
            0 => Format::Docx,
            1 => Format::Html { old: dice.chance(if old { 600 } else { 150 }) },
            2 => Format::Lines { old: old && dice.chance(500) },
            3 => Format::Tabs,
            _ => Format::Csv,
        };
        let zero = match (asked, dice.below(10)) {
            (_, 0..4) => Zero::Digit,
            (_, 4..6) => Zero::BlankColumns,
            (true, _) => *dice.pick(&[Zero::Digit, Zero::BlankColumns, Zero::Mark("/"), Zero::Mark("—")]),
            (false, _) => *dice.pick(&[Zero::TotalsOnly, Zero::TotalsOnly, Zero::Mark("无"), Zero::Mark("/")]),
        };
        let plain =
            [Digits::Plain, Digits::Plain, Digits::Plain, Digits::Commas, Digits::FullWidth, Digits::Unit, Digits::Spaces];
        Style {
            format,
            zero,
            digits: *dice.pick(&plain),
            money: *dice.pick(&[Money::Bare, Money::Bare, Money::Yuan, Money::Wan]),
            breaks: dice.chance(350),
            split: dice.chance(250),
            titles: dice.below(6).saturating_sub(3) as usize,
            file_name: dice.below(4),
            signature: dice.chance(500),
        }
    }
}

/// A piece of a document.
pub(crate) enum Part {
    Title(String),
    Heading(String),
    Paragraph(String),
    Table(Grid),
    Signature(String),
}

/// A report as it is sent.
#[derive(Clone)]
pub(crate) struct Sheet {
    pub(crate) key: String,
    pub(crate) agency_id: String,
    pub(crate) agency: String,
    pub(crate) short: String,
    pub(crate) year: u16,
    pub(crate) form: FormIx,
    pub(crate) figures: Figures,
    /// What some cells print instead of their figure.
    pub(crate) texts: BTreeMap<Cell, String>,
    pub(crate) words: Sections,
    pub(crate) style: Style,
    /// Sections that are left out, heading and all.
    pub(crate) without: Vec<&'static str>,
    /// Sections whose table is left out.
    pub(crate) no_table: Vec<&'static str>,
    /// Sections whose table is printed twice.
    pub(crate) twice: Vec<&'static str>,
    pub(crate) extra: Vec<Extra>,
    /// Whether the form's local rows are printed.
    pub(crate) local: bool,
    pub(crate) file: String,
}

impl Sheet {
    /// The document, piece by piece.
    pub(crate) fn parts(&self, forms: &Forms) -> Vec<Part> {
        let form = forms.form(self.form);
        let mut parts = vec![Part::Title(format!("{}{}年{}", self.agency, self.year, form.report_title))];
        for section in form.sections.iter().filter(|s| !self.without.contains(&s.id.as_str())) {
            let title = match self.style.titles {
                0 => &section.title,
                n => section.aliases.get(n - 1).filter(|a| a.chars().count() > 6).unwrap_or(&section.title),
            };
            parts.push(Part::Heading(format!("{}、{title}", section.number)));
            match section.kind {
                SectionKind::Prose => {
                    parts.extend(self.words.get(section.id.as_str()).into_iter().flatten().cloned().map(Part::Paragraph));
                }
                SectionKind::Table if self.no_table.contains(&section.id.as_str()) => {}
                SectionKind::Table => {
                    let grid = self.table(forms, form, &section.id);
                    if self.twice.contains(&section.id.as_str()) {
                        parts.push(Part::Table(grid.clone()));
                        parts.push(Part::Paragraph("（续）".to_owned()));
                    }
                    parts.push(Part::Table(grid));
                }
            }
        }
        if self.style.signature {
            let day = 8 + u32::from(self.agency.len() as u16 % 20);
            parts.push(Part::Signature(self.agency.clone()));
            parts.push(Part::Signature(format!("{}年1月{day}日", self.year + 1)));
        }
        parts
    }

    fn table(&self, forms: &Forms, form: &Form, section: &str) -> Grid {
        let show = |cell| self.show(forms, form, cell);
        let breaks = self.style.breaks;
        let label = |text: &str| if breaks { broken(text) } else { text.to_owned() };
        grid::table(form, section, &self.extra, self.local, &show, &label)
    }

    /// What a cell prints.
    pub(crate) fn show(&self, forms: &Forms, form: &Form, cell: Cell) -> String {
        if let Some(text) = self.texts.get(&cell) {
            return text.clone();
        }
        let number = self.figures.get(&cell).copied().unwrap_or(Number::ZERO);
        let Some(def) = form.def(cell) else { return String::new() };
        let block = &form.blocks[def.block];
        let applicants = block.columns.len() > 5 && !block.columns[def.column].total;
        if applicants {
            let column_is_empty = || {
                let of = |r: usize| self.figures.get(&block.cell(r, def.column)).copied().unwrap_or(Number::ZERO);
                (0..block.rows.len()).all(|r| of(r) == Number::ZERO)
            };
            match self.style.zero {
                Zero::TotalsOnly => return String::new(),
                Zero::BlankColumns if column_is_empty() => return String::new(),
                Zero::Mark(mark) if number == Number::ZERO => return mark.to_owned(),
                _ => {}
            }
        }
        let money = forms.kind(cell) == nianbao_form::Kind::Amount;
        dress(number, money, &def.unit, &self.style)
    }
}

/// Breaks a long label near its middle, as narrow columns do.
fn broken(label: &str) -> String {
    let letters: Vec<char> = label.chars().collect();
    if letters.len() < 6 || letters.len() > 9 {
        return label.to_owned();
    }
    let (a, b) = letters.split_at(letters.len() / 2);
    format!("{}\n{}", a.iter().collect::<String>(), b.iter().collect::<String>())
}

fn dress(number: Number, money: bool, unit: &str, style: &Style) -> String {
    let plain = number.to_string();
    if money {
        return match style.money {
            _ if number == Number::ZERO => plain,
            Money::Bare => plain,
            Money::Yuan => format!("{}元", Number::from_millionths(number.millionths() * 10_000)),
            Money::Wan => format!("{plain}万元"),
        };
    }
    match style.digits {
        Digits::Plain => plain,
        Digits::Commas => grouped(&plain, ','),
        Digits::Spaces => grouped(&plain, ' '),
        Digits::FullWidth => plain.chars().map(full_width).collect(),
        Digits::Unit if number == Number::ZERO || unit.is_empty() => plain,
        Digits::Unit => format!("{plain}{unit}"),
    }
}

fn full_width(c: char) -> char {
    match c {
        '0'..='9' => char::from_u32(c as u32 - '0' as u32 + '０' as u32).unwrap_or(c),
        other => other,
    }
}

fn grouped(digits: &str, separator: char) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let mut out = String::from(sign);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(separator);
        }
        out.push(c);
    }
    out
}
