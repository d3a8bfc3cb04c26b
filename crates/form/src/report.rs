//! A report: one agency's figures and words for one year, as they were found.

use std::sync::Arc;

use crate::{Cell, FormIx, Forms, Place, State, Value};

/// One agency's annual report as read from one document.
#[derive(Clone, Debug)]
pub struct Report {
    /// The file that it came from, relative to the input folder, with `/`.
    pub source: Arc<str>,
    /// Agency's name: as in the registry if it was found there, else as in the document.
    pub agency: String,
    /// Registry id, if the registry knows the agency.
    pub agency_id: Option<String>,
    /// Reporting year.
    pub year: u16,
    /// The form whose tables the document has.
    pub form: FormIx,
    /// Title as found.
    pub title: String,
    /// For each cell of the union of forms, by [`Cell::index`], the position of its value in `held`. The union is wider
    /// than any form, and a national run keeps hundreds of thousands of reports.
    at: Box<[u16]>,
    /// The values; the first is the absent one.
    held: Vec<Value>,
    /// Sections found, in the order of the document.
    pub sections: Vec<Passage>,
    /// Text in tables that the form does not know.
    pub unmapped: Vec<Unmapped>,
    /// What the reader noticed and a person should know; turned into findings by `check`.
    pub remarks: Vec<Remark>,
}

/// A section of a report as found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Section id of the form.
    pub section: String,
    /// Heading as found.
    pub heading: String,
    /// The words below it, a paragraph a line; without tables.
    pub text: String,
    /// Where the heading stood.
    pub place: Place,
}

/// Something in a table that the form does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmapped {
    /// The text, labels first: `其他事项 | 3`.
    pub text: String,
    /// Where.
    pub place: Place,
}

/// What a reader noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The rule that speaks of it, such as `wrong-form`.
    pub rule: &'static str,
    /// The cell, if one is meant.
    pub cell: Option<Cell>,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
    /// Both in English, where they are sentences.
    pub english: Option<[String; 2]>,
    /// Where.
    pub place: Place,
}

impl Report {
    /// An empty report: every cell absent.
    pub fn new(forms: &Forms, source: impl Into<Arc<str>>, agency: impl Into<String>, year: u16, form: FormIx) -> Report {
        Report {
            source: source.into(),
            agency: agency.into(),
            agency_id: None,
            year,
            form,
            title: String::new(),
            at: vec![0; forms.width()].into(),
            held: vec![Value::default()],
            sections: Vec::new(),
            unmapped: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// What a cell holds; absent if the document has no such cell.
    pub fn value(&self, cell: Cell) -> &Value {
        &self.held[usize::from(self.at[cell.index()])]
    }

    /// Sets what a cell holds.
    pub fn set(&mut self, cell: Cell, value: Value) {
        match self.at[cell.index()] {
            0 if value == Value::default() => {}
            0 => {
                // A cell's index is 16 bits wide, so its position is too.
                self.at[cell.index()] = self.held.len() as u16;
                self.held.push(value);
            }
            at => self.held[usize::from(at)] = value,
        }
    }

    /// Gives back the memory that filling it in has left over.
    pub fn shrink(&mut self) {
        self.held.shrink_to_fit();
        self.sections.shrink_to_fit();
        self.unmapped.shrink_to_fit();
        self.remarks.shrink_to_fit();
    }

    /// What a cell counts as in sums: its number, 0 for a mark of none, else unknown.
    pub fn counts_as(&self, cell: Cell) -> Option<crate::Number> {
        self.value(cell).counts_as()
    }

    /// The cells of normalised output in order: the form's own, then local cells and guests that the document has.
    pub fn cells<'a>(&'a self, forms: &'a Forms) -> impl Iterator<Item = (Cell, &'a Value)> + 'a {
        let form = forms.form(self.form);
        let extra = form.local.iter().chain(&form.guests).filter(|c| self.value(**c).state != State::Absent);
        form.cells.iter().chain(extra).map(|&c| (c, self.value(c)))
    }

    /// How many cells have a state.
    pub fn count(&self, forms: &Forms, state: State) -> usize {
        self.cells(forms).filter(|(_, v)| v.state == state).count()
    }

    /// A section's text, if the document has the section.
    pub fn passage(&self, section: &str) -> Option<&Passage> {
        self.sections.iter().find(|p| p.section == section)
    }

    /// Registry id, or the name where the registry does not know the agency: what groups reports of one agency.
    pub fn agency_key(&self) -> &str {
        self.agency_id.as_deref().unwrap_or(&self.agency)
    }
}

impl PartialEq for Report {
    /// Whether all that they say is the same, in whatever order it was filled in.
    fn eq(&self, other: &Report) -> bool {
        self.at.len() == other.at.len()
            && (0..self.at.len()).all(|i| self.held[usize::from(self.at[i])] == other.held[usize::from(other.at[i])])
            && (&self.source, &self.agency, &self.agency_id, self.year, self.form, &self.title)
                == (&other.source, &other.agency, &other.agency_id, other.year, other.form, &other.title)
            && (&self.sections, &self.unmapped, &self.remarks) == (&other.sections, &other.unmapped, &other.remarks)
    }
}
