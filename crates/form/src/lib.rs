//! The statutory forms as data, and the values that flow through the program: [`Form`], [`Cell`], [`Value`], [`Report`],
//! [`Finding`], [`Registry`].
//!
//! A form is a TOML file (`forms/2019.toml`, `forms/2021.toml`, or a user's own): cells and their printed labels,
//! identities, chains across years, the crosswalk between generations, series. Nothing outside this crate knows a cell
//! by name.
//!
//! ```
//! use nianbao_form::{Forms, Number, Place, Report, Value};
//! let forms = Forms::built_in();
//! let form = forms.for_year(2024).unwrap();
//! let cell = forms.cell("requests.received.total").unwrap();
//! let mut report = Report::new(forms, "a.docx", "某局", 2024, form);
//! report.set(cell, Value::number(Number::whole(12).unwrap(), "１２件", Place::Line(8)));
//! assert_eq!(report.counts_as(cell).unwrap().to_string(), "12");
//! assert_eq!(forms.form(form).identities.len(), 42);
//! assert_eq!(forms.form(form).rank(), 40);
//! ```
#![forbid(unsafe_code)]

mod chinese;
mod english;
pub mod figure;
mod file;
mod finding;
mod form;
mod forms;
pub mod label;
mod load;
mod number;
mod rank;
pub mod registry;
mod report;
mod sound;
pub mod spreadsheet;
mod toml_error;
mod value;
mod variants;
mod wording;

pub use finding::{Addressee, Finding, FindingBuilder, Rule, Severity, Status, Subject, rule, rules};
pub use form::{
    Alternate, Block, Cell, CellDef, Chain, Claim, Crosswalk, Explain, Form, FormIx, Identity, Kind, Layout, Line, Part, Piece,
    Prose, ProseSubject, Require, Rulemaking, Section, SectionKind, Sentence, Series, Term,
};
pub use forms::Forms;
pub use number::{Number, NumberError, decimal_text};
pub use registry::{Agency, Registry, Reports};
pub use report::{Passage, Remark, Report, Unmapped};
pub use toml_error::{FormError, explain_toml, line_of};
pub use value::{Place, State, Value};

/// The known word nearest to one that is not known, if any is near enough to be meant (a third of its letters wrong at
/// most).
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|k| (strsim::osa_distance(word, k), k))
        .filter(|(d, k)| *d <= (word.chars().count().max(k.chars().count()) / 3).max(1))
        .min()
        .map(|(_, k)| k)
}
