//! The city's inbox: three years of normalised cells, one file for each district and year.

use nianbao_form::{Forms, Number};

use crate::bodies::Bodies;
use crate::{Files, district, figures, table};

/// Writes it.
pub(crate) fn city(forms: &Forms, files: &mut Files) {
    let bodies = Bodies::parse(include_str!("../city.toml"));
    let truth = figures::draw(forms, &bodies, 2022..=2024);
    let groups = bodies.group.iter().map(|g| (g.key.as_str(), g.name.trim_end_matches("人民政府")));
    for (key, name) in groups.chain([("", "市直部门")]) {
        for year in 2022..=2024 {
            let Some(form) = forms.for_year(year).map(|ix| forms.form(ix)) else { continue };
            let mut rows = Vec::new();
            for body in bodies.body.iter().filter(|b| b.group == key) {
                let Some(figures) = truth.get(&(body.key.clone(), year)) else { continue };
                for &cell in &form.cells {
                    let value = figures.get(&cell).copied().unwrap_or(Number::ZERO);
                    rows.push(vec![body.name.clone(), year.to_string(), forms.id(cell).to_owned(), value.to_string()]);
                }
            }
            files.insert(format!("city/cells/{year}/{name}.csv"), table(&["agency", "year", "cell", "value"], rows));
        }
    }
    files.insert("city/agencies.csv".to_owned(), district::registry(&bodies));
}
