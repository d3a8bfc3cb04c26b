//! Documents whose tables are pictures: what recognition adds to them, and which of its figures are believed.

use nianbao_form::{Cell, Forms, Number, Place, Report, State, Value};

use crate::detect::Format;
use crate::document::{Builder, Document};
use crate::docx;
use crate::pdf::{self, Unrecognised};
use crate::refuse::Refusal;
use crate::tesseract::Tesseract;

/// A document with its pictures recognised, and what could not be. `None` for containers whose pictures are not taken out.
///
/// # Errors
/// More in it than in any document.
pub(crate) fn document(
    tesseract: &Tesseract,
    format: &Format,
    bytes: &[u8],
    document: &Document,
) -> Result<Option<(Document, Vec<Unrecognised>)>, Refusal> {
    match format {
        Format::Pdf => pdf::read_recognised(bytes, tesseract).map(Some),
        Format::Docx => {
            let list = (1..).zip(&document.pictures).map(|(n, p)| (n, docx::picture(bytes, &p.part))).collect();
            let (blocks, failed) = pdf::pictures(list, tesseract)?;
            let mut builder = Builder::default();
            let mut all = builder.adopt(document.blocks.clone());
            all.extend(builder.adopt(blocks));
            Ok(Some((Document { blocks: all, titles: document.titles.clone(), ..Document::default() }, failed)))
        }
        _ => Ok(None),
    }
}

/// A file that is a picture.
///
/// # Errors
/// It could not be recognised.
pub(crate) fn picture(tesseract: &Tesseract, bytes: &[u8]) -> Result<Document, Refusal> {
    let (blocks, failed) = pdf::pictures(vec![(1, Some(bytes.to_vec()))], tesseract)?;
    if let Some((_, problem)) = failed.first() {
        return Err(Refusal::unreadable(
            "图片未能识别，请报送.docx原件",
            format!("the picture could not be recognised: {problem}; send the .docx original"),
        ));
    }
    Ok(Document { blocks, ..Document::default() })
}

/// Takes back figures that were recognised in a picture and that fail an identity: the letters stay, as words. A figure
/// that another identity with anything in it bears out is kept.
pub(crate) fn distrust(forms: &Forms, report: &mut Report) {
    let recognised = |v: &Value| matches!(v.place, Place::OnPage { ocr: true, .. }) && v.state == State::Number;
    if !forms.form(report.form).cells.iter().any(|c| recognised(report.value(*c))) {
        return;
    }
    let (mut failing, mut borne): (Vec<Cell>, Vec<Cell>) = (Vec::new(), Vec::new());
    for identity in forms.identities(report).iter() {
        let figures: Option<Vec<(i64, Number)>> = identity.terms().map(|(c, sign)| Some((sign, report.counts_as(c)?))).collect();
        let Some(figures) = figures else { continue };
        let sum: i128 = figures.iter().map(|(sign, n)| i128::from(*sign) * i128::from(n.millionths())).sum();
        let cells = identity.terms().map(|t| t.0);
        if sum != 0 {
            failing.extend(cells);
        } else if figures.iter().any(|f| f.1 != Number::ZERO) {
            borne.extend(cells);
        }
    }
    for cell in failing.into_iter().filter(|c| !borne.contains(c)) {
        let value = report.value(cell);
        if recognised(value) {
            let (raw, place) = (value.raw.clone(), value.place.clone());
            report.set(cell, Value::without(State::Text, raw, place));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use nianbao_form::{Forms, Number, Place, Report, State, Value};

    use super::distrust;

    /// The cells of one row of table four, recognised or read, and which of them are believed.
    #[test]
    fn a_recognised_figure_that_fails_an_identity_is_words() {
        let forms = Forms::built_in();
        let form = forms.find("2021").unwrap();
        let columns = ["upheld", "corrected", "other", "pending", "total"];
        for (figures, ocr, expected) in [
            ([3, 1, 0, 0, 4], true, State::Number),
            ([3, 1, 0, 0, 7], true, State::Text),
            ([3, 1, 0, 0, 7], false, State::Number),
            ([0, 0, 0, 0, 0], true, State::Number),
        ] {
            let mut report = Report::new(forms, "a.pdf", "某局", 2023, form);
            let cells = columns.map(|c| forms.cell(&format!("review.reconsideration.{c}")).unwrap());
            for (cell, n) in cells.iter().zip(figures) {
                let place = Place::OnPage { page: 2, table: 4, row: 3, column: 1, ocr };
                report.set(*cell, Value::number(Number::whole(n).unwrap(), n.to_string(), place));
            }
            distrust(forms, &mut report);
            for (cell, n) in cells.iter().zip(figures) {
                let value = report.value(*cell);
                assert_eq!((value.state, &*value.raw), (expected, n.to_string().as_str()), "{figures:?} {ocr}");
            }
        }
    }
}
