//! The report as a page for the website: one file with its own style, no script, nothing from elsewhere.

use minijinja::{Value, context};
use nianbao_form::Form;

use crate::PublishError;
use crate::files::FileOut;
use crate::grid::{Grid, Role};
use crate::markup;
use crate::story::{Piece, Story};

const PATH: &str = "district-report.html";

/// The page.
pub(crate) fn page(story: &Story, form: &Form) -> Result<Vec<FileOut>, PublishError> {
    let made = render(story, form).map_err(PublishError::make(PATH))?;
    Ok(vec![FileOut::new(PATH, made.trim_start().as_bytes().to_vec())])
}

fn render(story: &Story, form: &Form) -> Result<String, minijinja::Error> {
    let mut env = markup::environment();
    env.add_template("report.html", include_str!("../../templates/report.html"))?;
    let pieces: Vec<Value> = story.pieces.iter().map(piece).collect();
    let (lang, title, issued_as) = (story.lang.html(), &story.title, &form.issued_as);
    env.get_template("report.html")?.render(context! { lang, title, pieces, issued_as })
}

fn piece(piece: &Piece) -> Value {
    let text = |kind: &str, text: &String| context! { kind, text };
    match piece {
        Piece::Title(t) | Piece::PageTitle(t) => text("title", t),
        Piece::Centred(t) | Piece::Caption(t) => text("centred", t),
        Piece::Heading(t) => text("heading", t),
        Piece::Subheading(t) => text("subheading", t),
        Piece::Flush(t) | Piece::Set(t) | Piece::Enclosure(t) => text("flush", t),
        Piece::Right(t) => text("right", t),
        Piece::Placeholder(t) => text("placeholder", t),
        Piece::Note(t) => text("note", t),
        Piece::Paragraph(stretches) => {
            let stretches: Vec<_> = stretches.iter().map(|s| context! { bold => s.bold, text => &s.text }).collect();
            context! { kind => "paragraph", stretches }
        }
        Piece::Table(grid) => context! { kind => "table", grid => table(grid) },
        Piece::List(list) => {
            let rows = list.rows.iter().map(|r| r.iter().map(|c| c.clone().unwrap_or_default()).collect::<Vec<_>>());
            let rows: Vec<Value> = rows.map(Value::from).collect();
            context! { kind => "list", head => Value::from(list.head.clone()), rows }
        }
    }
}

/// A statutory table as rows of squares with their spans.
fn table(grid: &Grid) -> Value {
    let mut rows: Vec<Vec<Value>> = (0..grid.rows).map(|_| Vec::new()).collect();
    for s in &grid.squares {
        let (tag, scope, class) = match s.role {
            Role::Item => ("th", "colgroup", "item"),
            Role::Corner => ("td", "", if s.fill.text.chars().count() > 10 { "corner remark" } else { "corner" }),
            Role::ColumnHead => ("th", if s.columns > 1 { "colgroup" } else { "col" }, "head"),
            Role::RowHead => {
                ("th", if s.rows > 1 { "rowgroup" } else { "row" }, if grid.stacked() { "side middle" } else { "side" })
            }
            Role::Figure => ("td", "", "figure"),
        };
        let class = format!("{class} {}", s.fill.class).trim().to_owned();
        let (down, across) = (s.rows, s.columns);
        rows[s.row].push(context! { tag, scope, down, across, text => &s.fill.text, class });
    }
    let rows: Vec<Value> = rows.into_iter().map(Value::from).collect();
    let widths: Vec<String> = grid.widths.iter().map(|w| format!("{:.1}%", *w as f64 / 10.0)).collect();
    context! { rows, widths, wide => grid.columns > 6 }
}
