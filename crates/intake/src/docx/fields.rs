//! Fields: their code is not text, their result is (ECMA-376 part 1, 17.16.2).

use super::symbols::{circled, symbol};

/// Fields nest no deeper than this.
const MAX_OPEN: usize = 256;
/// What is kept of a code.
const MAX_CODE: usize = 300;

/// A field that has begun.
#[derive(Debug, Default)]
struct Field {
    /// The paragraph in which its present part began, and how much text stood in it by then.
    paragraph: u32,
    from: usize,
    /// Whether its result has begun.
    result: bool,
    /// How many frames were open: a field ends with the cell or text box that it stands in.
    frames: usize,
    code: String,
    /// What a legacy form field shows of itself.
    form: Option<String>,
}

/// The open fields. Text that stands in a code is taken back when the code ends, so that the text behind a field that never
/// ends is not lost with it.
#[derive(Debug, Default)]
pub(super) struct Fields {
    open: Vec<Field>,
}

impl Fields {
    /// A field begins. Whether there is still room for it.
    pub(super) fn begin(&mut self, paragraph: u32, text: &str, frames: usize) -> bool {
        self.open.push(Field { paragraph, from: text.len(), frames, ..Field::default() });
        self.open.len() <= MAX_OPEN
    }

    /// A field in one element begins, with its code; its content is the result.
    pub(super) fn begin_simple(&mut self, paragraph: u32, text: &str, frames: usize, code: &str) -> bool {
        let room = self.begin(paragraph, text, frames);
        self.code(code);
        if let Some(field) = self.open.last_mut() {
            field.result = true;
        }
        room
    }

    /// More of the code.
    pub(super) fn code(&mut self, text: &str) {
        if let Some(field) = self.open.last_mut().filter(|f| !f.result) {
            let room = MAX_CODE.saturating_sub(field.code.chars().count());
            field.code.extend(text.chars().take(room));
        }
    }

    /// What the form field that begins shows.
    pub(super) fn form(&mut self, shown: Option<String>) {
        if let Some(field) = self.open.last_mut() {
            field.form = shown;
        }
    }

    /// The result of the innermost field begins.
    pub(super) fn separate(&mut self, paragraph: u32, text: &mut String) {
        if let Some(field) = self.open.last_mut().filter(|f| !f.result) {
            text.truncate(if field.paragraph == paragraph { field.from } else { 0 });
            (field.paragraph, field.from, field.result) = (paragraph, text.len(), true);
        }
    }

    /// The innermost field ends. Appends what it shows without a result that the document keeps.
    pub(super) fn end(&mut self, paragraph: u32, text: &mut String) {
        let Some(field) = self.open.pop() else { return };
        let here = field.paragraph == paragraph;
        if !field.result {
            text.truncate(if here { field.from } else { 0 });
        } else if !here || text.len() > field.from {
            return;
        }
        if let Some(shown) = field.form.or_else(|| shown(&field.code)) {
            text.push_str(&shown);
        }
    }

    /// Forgets the fields that the frames closed by now have not ended.
    pub(super) fn close(&mut self, frames: usize) {
        while self.open.pop_if(|f| f.frames > frames).is_some() {}
    }
}

/// What a field without a result shows: a formula that was never worked out is no blank cell, so its code is shown as Word
/// shows codes; numbers in circles and symbols are what they draw.
fn shown(code: &str) -> Option<String> {
    let code = code.trim();
    let word = code.split_whitespace().next()?;
    if code.starts_with('=') || word.eq_ignore_ascii_case("eq") {
        return Some(enclosed(code).map_or_else(|| format!("{{{code}}}"), |c| c.to_string()));
    }
    if word.eq_ignore_ascii_case("symbol") {
        let code = code.get(word.len()..)?.trim_start();
        let number = code.split_whitespace().next()?;
        let number = match number.strip_prefix("0x") {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        let font = code.split_once("\\f").map_or("", |(_, f)| f.trim_start().trim_start_matches('"'));
        let font = font.split(['"', '\\']).next().unwrap_or("").trim();
        return Some(symbol(font, &format!("{number:X}")).to_string());
    }
    None
}

/// The number in a circle that `EQ \o\ac(○,1)` draws.
fn enclosed(code: &str) -> Option<char> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let rest = code.strip_prefix("eq\\o\\ac(").or_else(|| code.strip_prefix("eq\\o("))?;
    let (circle, number) = rest.strip_suffix(')')?.split_once([',', ';'])?;
    if !matches!(circle, "○" | "〇" | "◯") {
        return None;
    }
    number.parse().ok().and_then(circled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_result() {
        let table = [
            (" =SUM(ABOVE) ", "{=SUM(ABOVE)}"),
            (" eq \\o\\ac(○,3)", "③"),
            ("EQ \\f(1,2)", "{EQ \\f(1,2)}"),
            ("SYMBOL 254 \\f \"Wingdings\" \\s 12", "☑"),
            ("SYMBOL 0xFC \\f Wingdings", "✓"),
            ("PAGE", ""),
            ("MACROBUTTON NoMacro 单击此处", ""),
            ("", ""),
        ];
        for (code, want) in table {
            assert_eq!(shown(code).unwrap_or_default(), want, "{code}");
        }
    }

    #[test]
    fn nested_and_unended() {
        let mut fields = Fields::default();
        let mut text = "前".to_owned();
        fields.begin(1, &text, 2);
        fields.code("IF ");
        fields.begin(1, &text, 2);
        fields.code("=A1");
        fields.separate(1, &mut text);
        text.push('7');
        fields.end(1, &mut text);
        assert_eq!(text, "前7");
        fields.separate(1, &mut text);
        text.push_str("多");
        fields.end(1, &mut text);
        assert_eq!(text, "前多");
        fields.begin(1, &text, 2);
        text.push_str("后文");
        fields.close(1);
        assert_eq!((text.as_str(), fields.open.len()), ("前多后文", 0));
    }
}
