//! Plain text, in the two ways in which tables get into it.

use super::encode;
use crate::grid::{Grid, Slot};
use crate::sheet::Part;

/// One cell a line, as a table pasted from Word: a tab starts a cell, a tab alone is a blank or merged-away one, an empty
/// line ends a row.
pub(crate) fn lines(parts: &[Part], old: bool) -> Vec<u8> {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Title(text) => out.push_str(&format!("{text}\n\n")),
            Part::Heading(text) | Part::Paragraph(text) | Part::Signature(text) => out.push_str(&format!("{text}\n")),
            Part::Table(grid) => {
                for row in &grid.rows {
                    for slot in row {
                        match slot {
                            Slot::Left => {}
                            Slot::Above { .. } => out.push_str("\t\n"),
                            Slot::Cell { text, .. } => out.push_str(&format!("\t{text}\n")),
                        }
                    }
                    out.push('\n');
                }
                out.push_str("\n\n");
            }
        }
    }
    encode(&out, old)
}

/// One row a line, cells separated by tabs, merged-away cells empty, as a table pasted from a worksheet.
pub(crate) fn tabs(parts: &[Part]) -> Vec<u8> {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Title(text) => out.push_str(&format!("{text}\r\n\r\n")),
            Part::Heading(text) | Part::Paragraph(text) | Part::Signature(text) => out.push_str(&format!("{text}\r\n")),
            Part::Table(grid) => out.push_str(&rows(grid)),
        }
    }
    out.into_bytes()
}

fn rows(grid: &Grid) -> String {
    let mut out = String::new();
    for row in &grid.rows {
        let cells: Vec<String> = row
            .iter()
            .map(|slot| match slot {
                Slot::Cell { text, .. } => text.replace('\n', ""),
                _ => String::new(),
            })
            .collect();
        out.push_str(&cells.join("\t"));
        out.push_str("\r\n");
    }
    out.push_str("\r\n");
    out
}
