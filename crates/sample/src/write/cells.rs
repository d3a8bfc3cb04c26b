//! Normalised cells.

use nianbao_form::{Cell, Forms, Number};

use crate::sheet::Sheet;

/// What each cell of the report prints: state and value.
pub(crate) fn reading(forms: &Forms, sheet: &Sheet) -> Vec<(Cell, &'static str, String)> {
    let form = forms.form(sheet.form);
    let local = form.local.iter().filter(|_| sheet.local);
    let read = |&cell: &Cell| {
        let shown = sheet.show(forms, form, cell);
        match shown.as_str() {
            "" => (cell, "blank", String::new()),
            mark if form.none.iter().any(|n| n == mark) => (cell, "none", String::new()),
            _ => (cell, "number", sheet.figures.get(&cell).copied().unwrap_or(Number::ZERO).to_string()),
        }
    };
    form.cells.iter().chain(local).map(read).collect()
}

/// The cells of one report, with the states that its dress gives them.
pub(crate) fn cells(forms: &Forms, sheet: &Sheet) -> Vec<u8> {
    let form = &forms.form(sheet.form).id;
    let mut out = String::from("agency,year,cell,value,state,form\r\n");
    for (cell, state, value) in reading(forms, sheet) {
        out.push_str(&format!("{},{},{},{value},{state},{form}\r\n", sheet.agency, sheet.year, forms.id(cell)));
    }
    out.into_bytes()
}
