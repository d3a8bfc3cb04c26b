//! The district's report for the website.

use minijinja::{Value, context};
use nianbao_form::Form;

use super::{environment, render};
use crate::PublishError;
use crate::files::FileOut;
use crate::grid::{Grid, Role, Square};
use crate::story::{Piece, Story};

/// The tag, scope and class of a square.
pub(super) fn role(s: &Square) -> (&'static str, &'static str, &'static str) {
    match s.role {
        Role::Item => ("th", "colgroup", "item"),
        Role::Corner => ("td", "", "corner"),
        Role::ColumnHead => ("th", if s.columns > 1 { "colgroup" } else { "col" }, "head"),
        Role::RowHead => ("th", if s.rows > 1 { "rowgroup" } else { "row" }, "side"),
        Role::Figure => ("td", "", "figure"),
    }
}

/// Widths of the columns as a page writes them.
pub(super) fn widths(grid: &Grid) -> Vec<String> {
    grid.widths.iter().map(|w| format!("{:.1}%", *w as f64 / 10.0)).collect()
}

/// A statutory table as rows of squares with their spans.
fn grid_view(grid: &Grid) -> Value {
    let mut rows: Vec<Vec<Value>> = (0..grid.rows).map(|_| Vec::new()).collect();
    for s in &grid.squares {
        let (tag, scope, class) = role(s);
        let class = format!("{class} {}", s.fill.class).trim().to_owned();
        let (rows_spanned, columns) = (s.rows, s.columns);
        let (text, note) = (&s.fill.text, &s.fill.note);
        rows[s.row].push(context! { tag, scope, rows => rows_spanned, columns, text, class, note });
    }
    let rows: Vec<Value> = rows.into_iter().map(Value::from).collect();
    context! { rows, widths => widths(grid), wide => grid.columns > 6 }
}

/// The district's report for the website.
pub(crate) fn report_page(story: &Story, form: &Form) -> Result<Vec<FileOut>, PublishError> {
    let env = environment().map_err(PublishError::make("district-report.html"))?;
    let pieces: Vec<Value> = story.pieces.iter().map(piece_view).collect();
    let context = context! { lang => story.lang.html(), title => &story.title, pieces, issued_as => &form.issued_as };
    Ok(vec![render(&env, "report.html", "district-report.html", context)?])
}

fn piece_view(piece: &Piece) -> Value {
    let text = |kind: &str, text: &String| context! { kind, text };
    match piece {
        Piece::Title(t) => text("title", t),
        Piece::Centred(t) => text("centred", t),
        Piece::Heading(t) => text("heading", t),
        Piece::Subheading(t) => text("subheading", t),
        Piece::Flush(t) | Piece::Right(t) => text("flush", t),
        Piece::Placeholder(t) => text("placeholder", t),
        Piece::Note(t) => text("note", t),
        Piece::Paragraph(stretches) => {
            let stretches: Vec<_> = stretches.iter().map(|s| context! { bold => s.bold, text => &s.text }).collect();
            context! { kind => "paragraph", stretches }
        }
        Piece::Table(grid) => context! { kind => "table", grid => grid_view(grid) },
        Piece::List(_, head, rows) => {
            let rows: Vec<Value> = rows.iter().map(|r| Value::from(r.clone())).collect();
            context! { kind => "list", head => Value::from(head.clone()), rows }
        }
    }
}
