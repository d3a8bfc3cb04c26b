//! How words name a cell: as the form prints its table, row and column.

use nianbao_form::{Block, Cell, Form, FormIx, Forms, Layout, Line};

use crate::words::Lang;

/// Remarks in brackets behind a label, as in `（二）部分公开（区分处理的，……）`, are dropped from this length on.
const REMARK: usize = 8;

/// A label without a long remark in brackets behind it.
fn bare(label: &str) -> &str {
    let open = label.char_indices().rev().find(|(_, c)| *c == '（').map(|(i, _)| i).filter(|i| *i > 0);
    match open {
        Some(at) if label.ends_with('）') && label[at..].chars().count() > REMARK => &label[..at],
        _ => label,
    }
}

/// A row's or column's label: its innermost heading, with the one above it where the heading alone says little.
fn line(line: &Line, among: &[Line]) -> String {
    let (leaf, above) = (bare(line.leaf()), line.label.len().checked_sub(2).map(|i| bare(&line.label[i])));
    let twins = among.iter().filter(|l| l.leaf() == line.leaf()).count() > 1;
    match above {
        // `（三）不予公开—1.属于国家秘密`; the frame around all, `三、本年度办理结果`, is left out.
        Some(above) if line.label.len() > 2 || twins || leaf.chars().count() <= 2 => format!("{above}—{leaf}"),
        _ => leaf.to_owned(),
    }
}

/// The form that has the cell: `form`, or for a row of another generation its own.
fn home<'f>(forms: &'f Forms, form: FormIx, cell: Cell) -> Option<(&'f Form, &'f Block, usize, usize)> {
    let of = |f: &'f Form| f.def(cell).map(|d| (f, &f.blocks[d.block], d.row, d.column));
    of(forms.form(form)).or_else(|| forms.iter().find_map(|(_, f)| of(f)))
}

/// Table, row and column of a cell: `表三“（三）不予公开—1.属于国家秘密”行“自然人”列`.
pub(crate) fn place(forms: &Forms, form: FormIx, cell: Cell, lang: Lang) -> String {
    let Some((_, block, r, c)) = home(forms, form, cell) else { return forms.id(cell).to_owned() };
    let (row, column) = (line(&block.rows[r], &block.rows), line(&block.columns[c], &block.columns));
    let table = lang.table_name(&block.table);
    match (lang, block.layout) {
        (Lang::Zh, Layout::Matrix) => format!("{table}“{row}”行“{column}”列"),
        (Lang::Zh, Layout::Line) => format!("{table}“{row}”栏“{column}”列"),
        (Lang::En, _) => format!("{table}, row “{row}”, column “{column}”"),
    }
}

/// A cell in a note below its own table: the row, and the column where the row has several.
pub(crate) fn short(forms: &Forms, form: FormIx, cell: Cell, lang: Lang) -> String {
    let Some((_, block, r, c)) = home(forms, form, cell) else { return forms.id(cell).to_owned() };
    let row = if block.rows[r].short.is_empty() { bare(block.rows[r].leaf()) } else { bare(&block.rows[r].short) };
    if block.columns.len() == 1 {
        return row.to_owned();
    }
    let column = line(&block.columns[c], &block.columns);
    match lang {
        Lang::Zh => format!("{row}（{column}）"),
        Lang::En => format!("{row}: {column}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn cells_are_named_as_printed() {
        let forms = Forms::built_in();
        let ix = forms.find("2021").unwrap();
        let of = |id: &str| place(forms, ix, forms.cell(id).unwrap(), Lang::Zh);
        assert_eq!(of("requests.refused.state_secret.natural_person"), "表三“（三）不予公开—1.属于国家秘密”行“自然人”列");
        assert_eq!(of("requests.partly_disclosed.total"), "表三“（二）部分公开”行“总计”列");
        assert_eq!(of("requests.other.other.other_organisation"), "表三“（六）其他处理—3.其他”行“法人或其他组织—其他”列");
        assert_eq!(of("requests.other.total"), "表三“（六）其他处理”行“总计”列");
        assert_eq!(of("review.direct_litigation.upheld"), "表四“未经复议直接起诉”栏“结果维持”列");
        assert_eq!(of("proactive.fees.amount"), "表二“行政事业性收费”行“本年收费金额（单位：万元）”列");
        assert_eq!(short(forms, ix, forms.cell("proactive.licensing.decisions").unwrap(), Lang::Zh), "行政许可");
    }
}
