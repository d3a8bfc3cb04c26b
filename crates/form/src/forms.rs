//! The catalogue of all known forms and the union of their cells.

use std::collections::HashMap;
use std::path::Path;
use std::sync::OnceLock;

use crate::form::{Alternate, Cell, Form, FormIx, Kind};
use crate::load;
use crate::report::Report;
use crate::toml_error::FormError;
use crate::{Identity, State};

const BUILT_IN: [(&str, &str); 2] =
    [("2019.toml", include_str!("../forms/2019.toml")), ("2021.toml", include_str!("../forms/2021.toml"))];

/// All known forms. A [`Cell`] is an index into the union of their cells, so that one wide frame holds every year.
#[derive(Clone, Debug)]
pub struct Forms {
    forms: Vec<Form>,
    ids: Vec<String>,
    kinds: Vec<Kind>,
    by_id: HashMap<String, Cell>,
}

impl Forms {
    /// The statutory forms that the program carries.
    ///
    /// ```
    /// let forms = nianbao_form::Forms::built_in();
    /// let form = forms.form(forms.find("2021").unwrap());
    /// assert_eq!(form.cells.len(), 200);
    /// ```
    pub fn built_in() -> &'static Forms {
        static FORMS: OnceLock<Forms> = OnceLock::new();
        FORMS.get_or_init(|| {
            let mut forms = Forms::empty();
            for (name, text) in BUILT_IN {
                // A test loads these with every proof of soundness; a broken one can not be shipped.
                if let Err(error) = forms.add(Path::new(name), text, false) {
                    panic!("built-in form: {error}");
                }
            }
            forms
        })
    }

    /// No form at all.
    pub fn empty() -> Forms {
        Forms { forms: Vec::new(), ids: Vec::new(), kinds: Vec::new(), by_id: HashMap::new() }
    }

    /// The built-in forms and users' own, each proved sound.
    ///
    /// # Errors
    /// The first thing that is wrong in a file, with file, line and key.
    pub fn with_files<P: AsRef<Path>>(files: &[P]) -> Result<Forms, FormError> {
        let mut forms = Forms::built_in().clone();
        for file in files {
            let path = file.as_ref();
            let text = std::fs::read_to_string(path).map_err(|e| FormError::new(path, 0, "", format!("cannot be read: {e}")))?;
            forms.add(path, text.trim_start_matches('\u{feff}'), true)?;
        }
        Ok(forms)
    }

    /// Adds the form that `text` describes; `prove` asks for the proofs that need linear programming too.
    ///
    /// # Errors
    /// What is wrong, with file, line and key. The catalogue is then unchanged.
    pub fn add(&mut self, path: &Path, text: &str, prove: bool) -> Result<FormIx, FormError> {
        let mut next = self.clone();
        let form = load::load(&mut next, path, text, prove)?;
        next.forms.push(form);
        next.link();
        *self = next;
        Ok(FormIx(self.forms.len() as u8 - 1))
    }

    /// Finds or adds a cell id.
    pub(crate) fn intern(&mut self, id: &str, kind: Kind) -> Cell {
        if let Some(&cell) = self.by_id.get(id) {
            return cell;
        }
        let cell = Cell(self.ids.len() as u16);
        self.ids.push(id.to_owned());
        self.kinds.push(kind);
        self.by_id.insert(id.to_owned(), cell);
        cell
    }

    /// Works out, for every form, its guests and alternates, and lets series count guests too.
    fn link(&mut self) {
        let width = self.ids.len();
        for form in &mut self.forms {
            form.defs.resize(width, None);
        }
        for i in 0..self.forms.len() {
            let mut guests = Vec::new();
            let mut alternates: Vec<Alternate> = Vec::new();
            for j in self.relatives(i) {
                for &cell in self.forms[j].cells.iter().chain(&self.forms[j].local) {
                    if self.forms[i].def(cell).is_none() && !guests.contains(&cell) {
                        guests.push(cell);
                    }
                }
            }
            for form in &self.forms {
                for walk in &form.crosswalk {
                    for (own, guest) in [(&walk.old, &walk.new), (&walk.new, &walk.old)] {
                        let mine = own.iter().all(|&c| self.forms[i].owns(c));
                        if mine && guest.iter().all(|c| guests.contains(c)) {
                            alternates.push(Alternate { own: own.clone(), guest: guest.clone() });
                        }
                    }
                }
            }
            let form = &mut self.forms[i];
            for series in &mut form.series {
                for side in [&mut series.numerator, &mut series.denominator] {
                    for a in &alternates {
                        if a.own.iter().all(|c| side.contains(c)) {
                            side.extend(a.guest.iter().filter(|c| !side.contains(c)).copied().collect::<Vec<_>>());
                        }
                    }
                }
            }
            form.guests = guests;
            form.alternates = alternates;
        }
    }

    fn relatives(&self, i: usize) -> Vec<usize> {
        let previous = |f: usize| self.forms[f].previous.map(FormIx::index);
        (0..self.forms.len()).filter(|&j| j != i && (previous(i) == Some(j) || previous(j) == Some(i))).collect()
    }

    /// A form.
    pub fn form(&self, ix: FormIx) -> &Form {
        &self.forms[ix.index()]
    }

    /// All forms with their positions.
    pub fn iter(&self) -> impl Iterator<Item = (FormIx, &Form)> {
        self.forms.iter().enumerate().map(|(i, f)| (FormIx(i as u8), f))
    }

    /// A form by its id.
    pub fn find(&self, id: &str) -> Option<FormIx> {
        self.iter().find(|(_, f)| f.id == id).map(|(ix, _)| ix)
    }

    /// The form that is meant for a year. A user's own form, which was added later, goes before a built-in one.
    pub fn for_year(&self, year: u16) -> Option<FormIx> {
        self.iter().filter(|(_, f)| f.covers(year)).last().map(|(ix, _)| ix)
    }

    /// The forms that descend from or precede `ix`, itself included: generations of the same report.
    pub fn generations(&self, ix: FormIx) -> Vec<FormIx> {
        let mut family = vec![ix.index()];
        let mut at = 0;
        while at < family.len() {
            for j in self.relatives(family[at]) {
                if !family.contains(&j) {
                    family.push(j);
                }
            }
            at += 1;
        }
        family.sort_unstable();
        family.into_iter().map(|i| FormIx(i as u8)).collect()
    }

    /// How many cells the union has; every [`Report`] holds that many values.
    pub fn width(&self) -> usize {
        self.ids.len()
    }

    /// Every cell of the union.
    pub fn cells(&self) -> impl Iterator<Item = Cell> + use<> {
        (0..self.ids.len() as u16).map(Cell)
    }

    /// A cell by its id.
    pub fn cell(&self, id: &str) -> Option<Cell> {
        self.by_id.get(id).copied()
    }

    /// The id of a cell.
    pub fn id(&self, cell: Cell) -> &str {
        &self.ids[cell.index()]
    }

    /// Count or amount.
    pub fn kind(&self, cell: Cell) -> Kind {
        self.kinds[cell.index()]
    }

    /// The name of a cell in a report of `form`: as the form prints it, or, for a guest, as its own form does.
    pub fn name(&self, form: FormIx, cell: Cell) -> String {
        self.name_in("zh", form, cell)
    }

    /// [`Forms::name`] in the language asked for (`zh` or `en`), as far as the form has words in it.
    pub fn name_in(&self, language: &str, form: FormIx, cell: Cell) -> String {
        let own = self.form(form).in_language(language);
        if own.def(cell).is_some() {
            return own.name(cell);
        }
        let other = self.forms.iter().map(|f| f.in_language(language)).find(|f| f.def(cell).is_some());
        other.map_or_else(|| self.id(cell).to_owned(), |f| f.name(cell))
    }

    /// What any form says of a cell, `form` being asked first.
    pub fn def(&self, form: FormIx, cell: Cell) -> Option<&crate::CellDef> {
        self.form(form).def(cell).or_else(|| self.forms.iter().find_map(|f| f.def(cell)))
    }

    /// The cell id nearest to one that is not known.
    pub fn nearest(&self, id: &str) -> Option<&str> {
        crate::nearest(id, self.ids.iter().map(String::as_str))
    }

    /// The identities that hold in this very report: the form's own, where a row is printed in the other generation's
    /// way with that row's cells in place, and the other generation's identities over such rows.
    pub fn identities(&self, report: &Report) -> std::borrow::Cow<'_, [Identity]> {
        let form = self.form(report.form);
        let present = |c: &Cell| report.value(*c).state != State::Absent;
        let swapped: Vec<&Alternate> =
            form.alternates.iter().filter(|a| a.guest.iter().any(present) && !a.own.iter().any(present)).collect();
        if swapped.is_empty() {
            return std::borrow::Cow::Borrowed(&form.identities);
        }
        let mut identities = Vec::with_capacity(form.identities.len());
        for identity in &form.identities {
            let mut identity = identity.clone();
            for a in &swapped {
                for side in [&mut identity.parts, &mut identity.whole] {
                    if a.own.iter().all(|c| side.contains(c)) {
                        side.retain(|c| !a.own.contains(c));
                        side.extend(&a.guest);
                    }
                }
            }
            let touches_missing = swapped.iter().any(|a| identity.terms().any(|(c, _)| a.own.contains(&c)));
            if !touches_missing {
                identities.push(identity);
            }
        }
        for j in self.relatives(report.form.index()) {
            for identity in &self.forms[j].identities {
                if identity.terms().all(|(c, _)| swapped.iter().any(|a| a.guest.contains(&c))) {
                    identities.push(identity.clone());
                }
            }
        }
        std::borrow::Cow::Owned(identities)
    }
}
