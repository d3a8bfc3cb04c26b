//! The rows of a table without lines: figures that stand on one line are a row, and each label belongs to the row whose
//! figures stand at its top, its middle or its foot, in all rows alike.

use super::columns::Columns;
use super::geometry::Rule;
use super::ruled::Cell;
use super::unruled::{Piece, Row, cell};

/// A line of a label.
#[derive(Clone, Debug)]
struct LabelLine {
    text: String,
    y: f32,
    size: f32,
    columns: (usize, usize),
}

/// Where in its cell a text stands.
#[derive(Clone, Copy, Debug)]
enum Align {
    Middle,
    Top,
    Bottom,
}

/// A row of figures with the lines of its label.
#[derive(Clone, Debug, Default)]
struct Body {
    y: f32,
    /// Column, text and how wide it is.
    figures: Vec<(usize, String, f32)>,
    label: Vec<usize>,
}

/// Puts the rows of a body below a head of `above` rows; returns the number of all rows. `None` if labels and figures do
/// not come together.
pub(super) fn place(
    rows: &[Row],
    columns: &Columns,
    bands: &[Rule],
    above: usize,
    out: &mut Vec<(Cell, usize, usize)>,
) -> Option<usize> {
    let inner = columns.0.iter().position(|c| c.figures)?.checked_sub(1);
    let (bodies, lines) = take_apart(rows, columns)?;
    let size = rows.iter().map(|r| r.size).fold(0.0, f32::max);
    let Some(inner) = inner else {
        // Rows of figures do not stand as close together as the lines of one.
        let close = |b: &[Body]| b.windows(2).any(|w| w[1].y - w[0].y < 1.75 * size);
        let bodies = if close(&bodies) { stacked(bodies, columns, size).filter(|b| !close(b))? } else { bodies };
        return Some(plain(bodies, above, out));
    };
    // Lines that go on below labels and figures divide rows.
    let (from, to) = (columns.0[inner].end, columns.0.last()?.start);
    let bands: Vec<Rule> = bands.iter().filter(|b| b.start < from && b.end > to).copied().collect();
    let (rows, outer) = labelled(bodies.clone(), &lines, inner, &bands)
        .or_else(|| labelled(stacked(bodies, columns, size)?, &lines, inner, &bands))?;
    let count = above + rows.len();
    for (at, body) in rows.iter().enumerate() {
        let row = above + at;
        for (column, text, _) in &body.figures {
            out.push(cell(text.clone(), (row, row + 1), (*column, *column + 1)));
        }
        let text = body.label.iter().map(|i| lines[*i].text.as_str()).collect::<Vec<_>>().join("\n");
        let first = body.label.iter().map(|i| lines[*i].columns.0).min();
        let last = body.label.iter().map(|i| lines[*i].columns.1).max().unwrap_or(0);
        if let Some(first) = first {
            let last = if body.figures.is_empty() { last } else { last.max(inner + 1) };
            out.push(cell(text, (row, row + 1), (first, last)));
        }
    }
    groups(&rows, &lines, &outer, inner, above, out);
    Some(count)
}

/// Lines of figures, and the words beside them.
fn take_apart(rows: &[Row], columns: &Columns) -> Option<(Vec<Body>, Vec<LabelLine>)> {
    let mut bodies: Vec<Body> = Vec::new();
    let mut lines: Vec<LabelLine> = Vec::new();
    for row in rows {
        let own = row.pieces.iter().find(|p| p.figure && columns.is_over_figures(p));
        let mut body = Body { y: own.map_or(row.middle, |p| p.line.middle), ..Body::default() };
        for piece in &row.pieces {
            let (first, last) = columns.of(piece);
            // Words that are too long for their column do not take a place among the figures.
            let words = columns.0[first..last].iter().take_while(|c| !c.figures).count();
            let last = if words > 0 { first + words } else { last };
            if last - first == 1 && columns.0[first].figures {
                body.figures.push((first, piece.text.clone(), piece.line.end - piece.line.start));
            } else if columns.0[first..last].iter().filter(|c| c.figures).count() > 1 && row.figures() > 0 {
                return None;
            } else {
                lines.push(line_of(piece, (first, last)));
            }
        }
        if !body.figures.is_empty() {
            bodies.push(body);
        }
    }
    Some((bodies, lines))
}

/// Gives each row its label; `None` if that cannot be done for certain. Returns the lines of labels beside several rows too.
fn labelled(mut bodies: Vec<Body>, lines: &[LabelLine], inner: usize, bands: &[Rule]) -> Option<(Vec<Body>, Vec<usize>)> {
    // The innermost labels name rows; those left of them name several.
    let named: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].columns.1 > inner).collect();
    let loose = bring_together(&mut bodies, lines, &named, bands)?;
    let mut outer: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].columns.1 <= inner).collect();
    for body in bodies.iter_mut().filter(|b| b.label.is_empty()) {
        // A row whose own label stands further left.
        let on = |i: &usize| (lines[*i].y - body.y).abs() < 0.35 * lines[*i].size;
        if let Some(at) = outer.iter().position(on) {
            body.label.push(outer.remove(at));
        }
    }
    // Where other rows have labels, figures without one are the rest of figures that were broken.
    if bodies.iter().any(|b| b.label.is_empty()) && bodies.iter().any(|b| !b.label.is_empty()) {
        return None;
    }
    Some((in_order(bodies, loose, lines), outer))
}

/// Rows of figures that were too long for their columns: lines that stand closer together than others are one row. `None`
/// if all stand alike.
fn stacked(bodies: Vec<Body>, columns: &Columns, size: f32) -> Option<Vec<Body>> {
    let mut steps: Vec<f32> = bodies.windows(2).map(|w| w[1].y - w[0].y).collect();
    steps.sort_by(f32::total_cmp);
    let jump = steps.windows(2).max_by(|a, b| (a[1] / a[0]).total_cmp(&(b[1] / b[0])))?;
    if jump[1] < 1.25 * jump[0] || jump[0] > 1.75 * size {
        return None;
    }
    let limit = (jump[0] + jump[1]) / 2.0;
    let mut out: Vec<(Body, f32)> = Vec::new();
    for body in bodies {
        match out.last_mut() {
            Some((row, last)) if body.y - *last < limit => {
                *last = body.y;
                for (column, text, width) in body.figures {
                    match row.figures.iter_mut().find(|f| f.0 == column) {
                        Some(above) => {
                            // A number goes on if the line above had no room for more of it.
                            let room = columns.0[column].end - columns.0[column].start;
                            let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit() || ('０'..='９').contains(&c));
                            let cut = above.2 > 0.8 * room && digit(above.1.chars().next_back()) && digit(text.chars().next());
                            above.1 = if cut { format!("{}{text}", above.1) } else { format!("{}\n{text}", above.1) };
                            above.2 = width;
                        }
                        None => row.figures.push((column, text, width)),
                    }
                }
            }
            _ => {
                let y = body.y;
                out.push((body, y));
            }
        }
    }
    let rows: Vec<Body> = out.into_iter().map(|(b, last)| Body { y: (b.y + last) / 2.0, ..b }).collect();
    Some(rows)
}

fn line_of(piece: &Piece, columns: (usize, usize)) -> LabelLine {
    LabelLine { text: piece.text.clone(), y: piece.line.middle, size: piece.line.size, columns }
}

/// Rows without any label.
fn plain(bodies: Vec<Body>, above: usize, out: &mut Vec<(Cell, usize, usize)>) -> usize {
    let count = above + bodies.len();
    for (at, body) in bodies.into_iter().enumerate() {
        for (column, text, _) in body.figures {
            out.push(cell(text, (above + at, above + at + 1), (column, column + 1)));
        }
    }
    count
}

/// Gives each row its lines of label; returns the lines that belong to no figures.
fn bring_together(bodies: &mut [Body], lines: &[LabelLine], named: &[usize], bands: &[Rule]) -> Option<Vec<usize>> {
    if let Some(loose) = by_bands(bodies, lines, named, bands) {
        return Some(loose);
    }
    let tries = [Align::Middle, Align::Top, Align::Bottom].map(|align| by_align(bodies, lines, named, align));
    let cost = |t: &(Vec<Vec<usize>>, Vec<usize>)| (t.0.iter().filter(|g| g.is_empty()).count(), t.1.len());
    let (groups, loose) = tries.into_iter().min_by_key(cost)?;
    bodies.iter_mut().zip(groups).for_each(|(b, g)| b.label = g);
    // A label that stands beside figures and is not theirs would be read as a row of blanks.
    let beside = |l: &usize| bodies.iter().any(|b| (b.y - lines[*l].y).abs() < 0.8 * lines[*l].size);
    (!loose.iter().any(beside)).then_some(loose)
}

/// By lines drawn between all rows.
fn by_bands(bodies: &mut [Body], lines: &[LabelLine], named: &[usize], bands: &[Rule]) -> Option<Vec<usize>> {
    let band = |y: f32| bands.iter().filter(|b| b.at < y).count();
    let places: Vec<usize> = bodies.iter().map(|b| band(b.y)).collect();
    if places.windows(2).any(|w| w[0] == w[1]) || bodies.len() < 2 {
        return None;
    }
    let mut loose = Vec::new();
    for &line in named {
        match places.iter().position(|p| *p == band(lines[line].y)) {
            Some(at) => bodies[at].label.push(line),
            None => loose.push(line),
        }
    }
    Some(loose)
}

/// By the place of figures beside their labels.
fn by_align(bodies: &[Body], lines: &[LabelLine], named: &[usize], align: Align) -> (Vec<Vec<usize>>, Vec<usize>) {
    let y = |i: usize| named.get(i).map_or(f32::MAX, |l| lines[*l].y);
    let tight = |i: usize| named.get(i).is_some_and(|l| y(i) - y(i - 1) < 1.75 * lines[*l].size);
    let mut groups = Vec::with_capacity(bodies.len());
    let mut loose = Vec::new();
    let mut at = 0;
    for (k, body) in bodies.iter().enumerate() {
        let size = named.get(at).map_or(10.0, |l| lines[*l].size);
        let tolerance = 0.3 * size;
        let next = bodies.get(k + 1).map_or(f32::MAX, |b| b.y);
        let mut found: Option<(usize, usize)> = None;
        let mut start = at;
        while start < named.len() && found.is_none() && y(start) < body.y + tolerance {
            let mut end = start;
            loop {
                let fits = match align {
                    Align::Middle => ((y(start) + y(end)) / 2.0 - body.y).abs() < tolerance,
                    Align::Top => (y(start) - body.y).abs() < tolerance,
                    Align::Bottom => (y(end) - body.y).abs() < tolerance,
                };
                if fits {
                    found = Some((start, end));
                }
                let more = end + 1 < named.len() && tight(end + 1) && y(end + 1) < next - tolerance;
                if !more {
                    break;
                }
                end += 1;
            }
            start += 1;
        }
        match found {
            Some((start, end)) => {
                loose.extend(&named[at..start]);
                groups.push(named[start..=end].to_vec());
                at = end + 1;
            }
            None => groups.push(Vec::new()),
        }
    }
    loose.extend(&named[at.min(named.len())..]);
    (groups, loose)
}

/// Rows of figures and lines without any, from the top down. Lines close together are one label.
fn in_order(mut bodies: Vec<Body>, loose: Vec<usize>, lines: &[LabelLine]) -> Vec<Body> {
    for line in loose {
        bodies.push(Body { y: lines[line].y, figures: Vec::new(), label: vec![line] });
    }
    bodies.sort_by(|a, b| a.y.total_cmp(&b.y));
    bodies
}

/// Labels beside several rows: words close together are one label, centred on its rows or beginning with the first of
/// them.
fn groups(rows: &[Body], lines: &[LabelLine], outer: &[usize], inner: usize, above: usize, out: &mut Vec<(Cell, usize, usize)>) {
    let top = |r: usize| rows[r].label.iter().map(|l| lines[*l].y).chain([rows[r].y]).fold(f32::MAX, f32::min);
    let foot = |r: usize| rows[r].label.iter().map(|l| lines[*l].y).chain([rows[r].y]).fold(f32::MIN, f32::max);
    for column in 0..inner {
        let mut blocks: Vec<(Vec<usize>, usize)> = Vec::new();
        for &line in outer.iter().filter(|l| lines[**l].columns.0 == column) {
            match blocks.last_mut() {
                Some((block, end)) if lines[line].y - lines[block[block.len() - 1]].y < 1.75 * lines[line].size => {
                    block.push(line);
                    *end = (*end).max(lines[line].columns.1);
                }
                _ => blocks.push((vec![line], lines[line].columns.1)),
            }
        }
        // Rows whose own label reaches into the column divide it.
        let own = |r: &usize| rows[*r].label.iter().any(|l| lines[*l].columns.0 <= column);
        let mut free: Vec<Vec<usize>> = vec![Vec::new()];
        for row in 0..rows.len() {
            if own(&row) {
                free.push(Vec::new());
            } else if let Some(last) = free.last_mut() {
                last.push(row);
            }
        }
        for stretch in free.iter().filter(|s| !s.is_empty()) {
            let (first, last) = (stretch[0], stretch[stretch.len() - 1]);
            let (low, high) = (top(first) - 0.6 * lines[0].size, foot(last) + 0.6 * lines[0].size);
            let held: Vec<&(Vec<usize>, usize)> = blocks
                .iter()
                .filter(|(b, _)| {
                    let y = lines[b[0]].y;
                    y > low && y < high
                })
                .collect();
            let middles: Vec<f32> = held.iter().map(|(b, _)| (lines[b[0]].y + lines[b[b.len() - 1]].y) / 2.0).collect();
            let tops: Vec<f32> = held.iter().map(|(b, _)| lines[b[0]].y).collect();
            let spans = divide(first, last, &middles, &tops, &top, &foot);
            for ((block, end), (from, to)) in held.iter().zip(spans) {
                let text = block.iter().map(|l| lines[*l].text.as_str()).collect::<Vec<_>>().join("\n");
                out.push(cell(text, (above + from, above + to + 1), (column, (*end).min(inner).max(column + 1))));
            }
        }
    }
}

/// Divides rows `first..=last` between labels: each stands in the middle of its rows, or at the first of them; else each
/// keeps the one row that it is nearest to.
fn divide(
    first: usize,
    last: usize,
    middles: &[f32],
    tops: &[f32],
    top: &dyn Fn(usize) -> f32,
    foot: &dyn Fn(usize) -> f32,
) -> Vec<(usize, usize)> {
    if middles.len() == 1 {
        return vec![(first, last)];
    }
    let pitch = (foot(last) - top(first)) / (last - first).max(1) as f32;
    let mut out = Vec::new();
    let mut start = first;
    for (i, middle) in middles.iter().enumerate() {
        let off = |end: usize| ((top(start) + foot(end)) / 2.0 - middle).abs();
        let end = if i + 1 == middles.len() { Some(last) } else { (start..last).min_by(|a, b| off(*a).total_cmp(&off(*b))) };
        match end.filter(|e| *e >= start && off(*e) < 0.4 * pitch) {
            Some(end) => out.push((start, end)),
            None => break,
        }
        start = out.last().map_or(start, |o| o.1 + 1);
    }
    if out.len() == middles.len() {
        return out;
    }
    // At the top of their rows.
    let row_at = |y: f32| (first..=last).find(|r| (top(*r) - y).abs() < 0.3 * pitch);
    let starts: Option<Vec<usize>> = tops.iter().map(|y| row_at(*y)).collect();
    if let Some(starts) = starts.filter(|s| s.first() == Some(&first) && s.windows(2).all(|w| w[0] < w[1])) {
        let ends = starts.iter().skip(1).map(|s| s - 1).chain([last]);
        return starts.iter().copied().zip(ends).collect();
    }
    let nearest = |y: f32| {
        (first..=last).min_by(|a, b| {
            let off = |r: usize| ((top(r) + foot(r)) / 2.0 - y).abs();
            off(*a).total_cmp(&off(*b))
        })
    };
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for middle in middles {
        let row = nearest(*middle).unwrap_or(first);
        let row = if taken.iter().any(|t| t.0 == row) { (row + 1).min(last) } else { row };
        taken.push((row, row));
    }
    taken
}
