//! What every chart has around its drawing: headline, what is drawn, notes, source.

use crate::Table;
use crate::kind::{Body, Ctx, MARGIN, WIDTH};
use crate::names;
use crate::palette::PAPER;
use crate::scene::{Area, Scene, Style};

/// A chart's measures and words.
pub(crate) struct Framed {
    pub(crate) size: (u32, u32),
    pub(crate) title: String,
    pub(crate) caption: String,
    pub(crate) table: Table,
}

const TITLE: f64 = 40.0;
const SUBTITLE: f64 = 26.0;
const NOTE: f64 = 21.0;

/// Puts head and foot around the drawing.
pub(crate) fn frame(ctx: &Ctx<'_>, body: Body) -> (Scene, Framed) {
    let title = fill(ctx, &ctx.spec.title, &body.finding);
    let subtitle = fill(ctx, &ctx.spec.subtitle, &body.finding);
    let inner = WIDTH - 2.0 * MARGIN;
    let mut scene = Scene::default();
    let mut y = 42.0;
    let (lines, size) = names::fit(&title, TITLE, inner, TITLE * 2.3);
    for line in &lines {
        scene.text(MARGIN, y + size * 0.88, Style::new(size).strong(true), line.clone());
        y += size * 1.3;
    }
    for line in names::fill(&subtitle, SUBTITLE, inner) {
        scene.text(MARGIN, y + SUBTITLE * 1.1, Style::new(SUBTITLE).muted(), line);
        y += SUBTITLE * 1.4;
    }
    y += 26.0;
    scene.add(body.scene, 0.0, y);
    y += body.height + 16.0;
    let mut notes = body.notes;
    if !body.table.rows.is_empty() {
        notes.push(ctx.doubt());
    }
    notes.push(fill(ctx, &ctx.spec.note, &body.finding));
    notes.push(source(ctx));
    for note in notes.iter().filter(|n| !n.is_empty()) {
        for line in names::fill(note, NOTE, inner) {
            scene.text(MARGIN, y + NOTE, Style::new(NOTE).muted(), line);
            y += NOTE * 1.4;
        }
    }
    // Even, so that half of it is whole.
    let height = ((y + 26.0) / 2.0).ceil() * 2.0;
    let mut whole = Scene::default();
    whole.rect(Area::new(0.0, 0.0, WIDTH, height), PAPER);
    whole.add(scene, 0.0, 0.0);
    let stop = if ctx.words.zh { "。" } else { ". " };
    let seen = title.trim_end_matches(['。', '.']);
    let caption = match title.ends_with(&body.describe) {
        // A chart without data says one thing only.
        true => format!("{seen}{}", stop.trim_end()),
        false => format!("{seen}{stop}{}{}", body.describe.trim_end_matches(['。', '.']), stop.trim_end()),
    };
    (whole, Framed { size: (WIDTH as u32, height as u32), title, caption, table: body.table })
}

/// Puts what stands in braces in its place, in one pass: a name may have braces of its own.
fn fill(ctx: &Ctx<'_>, template: &str, finding: &str) -> String {
    let year = ctx.scope.year.to_string();
    let mut out = String::with_capacity(template.len() + finding.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let keys = [("{year}", year.as_str()), ("{group}", ctx.scope.group.as_str()), ("{finding}", finding)];
        let (key, value) = keys.into_iter().find(|(key, _)| rest.starts_with(key)).unwrap_or(("{", "{"));
        out.push_str(value);
        rest = &rest[key.len()..];
    }
    out + rest
}

fn source(ctx: &Ctx<'_>) -> String {
    let data = ctx.scope.data;
    let rows =
        data.figures.compilation.coverage.iter().filter(|c| c.group_id == data.figures.compilation.root && c.year == data.year);
    let (mut expected, mut reported) = (0, 0);
    for row in rows {
        let known = row.status != "unknown-agency";
        expected += usize::from(known);
        reported += usize::from(known && row.status != "missing");
    }
    let report = ctx.scope.form().map_or("", |f| f.report_title.as_str());
    let report = if ctx.words.zh { format!("{}年{report}", data.year) } else { format!("{report} {}", data.year) };
    ctx.words.source(&report, reported, expected)
}
