//! Normalised cells.

use nianbao_form::{Forms, Number};

use crate::sheet::Sheet;

/// The cells of one report, with the states that its dress gives them.
pub(crate) fn cells(forms: &Forms, sheet: &Sheet) -> Vec<u8> {
    let form = forms.form(sheet.form);
    let mut out = String::from("agency,year,cell,value,state,form\r\n");
    for &cell in &form.cells {
        let shown = sheet.show(forms, form, cell);
        let (value, state) = match shown.as_str() {
            "" => (String::new(), "blank"),
            mark if form.none.iter().any(|n| n == mark) => (String::new(), "none"),
            _ => (sheet.figures.get(&cell).copied().unwrap_or(Number::ZERO).to_string(), "number"),
        };
        out.push_str(&format!("{},{},{},{value},{state},{}\r\n", sheet.agency, sheet.year, forms.id(cell), form.id));
    }
    out.into_bytes()
}
