//! Tags in and around tables: the insertion modes "in table" to "in cell" of the HTML standard (13.2.6.4.9 to 13.2.6.4.15).

use super::build::{Construction, Mode, Open, Step};
use super::formatting::Entry;
use super::tags::{Name, Tag};
use super::tokens::{Span, Start};
use super::tree::NONE;

impl Construction<'_> {
    pub(super) fn step(&mut self, start: &Start) -> Step {
        use Tag::*;
        let of_table = matches!(start.tag, Caption | Col | Colgroup | Tbody | Td | Tfoot | Th | Thead | Tr);
        match self.mode() {
            Mode::Cell if of_table => {
                if self.within(|o| matches!(o.tag, Td | Th), Open::bounds_table) {
                    self.close_cell();
                    return Step::Again;
                }
            }
            Mode::Caption if of_table => {
                if self.in_table_scope(Caption) {
                    self.close_caption();
                    return Step::Again;
                }
            }
            Mode::Body | Mode::Cell | Mode::Caption | Mode::Template => self.start_in_body(start),
            Mode::Columns => return self.start_in_columns(start),
            Mode::Row if matches!(start.tag, Td | Th) => {
                self.clear_back_to(|t| matches!(t, Tr | Template));
                self.push(start);
                self.formatting.push(Entry::Marker);
            }
            Mode::Row if of_table => {
                if self.in_table_scope(Tr) {
                    self.clear_back_to(|t| matches!(t, Tr | Template));
                    self.open.pop();
                    return Step::Again;
                }
            }
            Mode::Rows if matches!(start.tag, Tr | Td | Th) => {
                self.clear_back_to(|t| matches!(t, Tbody | Thead | Tfoot | Template));
                if start.tag != Tr {
                    self.phantom(Tr);
                    return Step::Again;
                }
                self.push(start);
            }
            Mode::Rows if of_table => {
                self.clear_back_to(|t| matches!(t, Tbody | Thead | Tfoot | Template));
                self.open.pop();
                return Step::Again;
            }
            Mode::Table | Mode::Rows | Mode::Row => return self.start_in_table(start),
        }
        Step::Done
    }

    pub(super) fn close_caption(&mut self) {
        self.end_implied(Tag::Other);
        self.pop_until(|t| t == Tag::Caption);
        self.clear_formatting();
    }

    pub(super) fn start_in_columns(&mut self, start: &Start) -> Step {
        match start.tag {
            Tag::Col => drop(self.element(start.tag, start.attributes)),
            Tag::Html => {}
            Tag::Template => self.start_in_body(start),
            _ => {
                self.open.pop();
                return Step::Again;
            }
        }
        Step::Done
    }

    pub(super) fn start_in_table(&mut self, start: &Start) -> Step {
        use Tag::*;
        let is_table = |t: Tag| matches!(t, Table | Template);
        match start.tag {
            Caption | Colgroup | Tbody | Tfoot | Thead => {
                self.clear_back_to(is_table);
                if start.tag == Caption {
                    self.formatting.push(Entry::Marker);
                }
                self.push(start);
            }
            Col | Td | Th | Tr => {
                self.clear_back_to(is_table);
                self.phantom(if start.tag == Col { Colgroup } else { Tbody });
                return Step::Again;
            }
            Table => {
                if self.in_table_scope(Table) {
                    self.pop_until(|t| t == Table);
                    return Step::Again;
                }
            }
            Style | Script | Template => self.start_in_body(start),
            Input if self.attribute(start, Name::Type).is_some_and(|t| t.eq_ignore_ascii_case("hidden")) => {
                self.element(start.tag, start.attributes);
            }
            Form => {
                if self.form == NONE {
                    self.form = self.element(start.tag, start.attributes);
                }
            }
            _ => {
                self.foster = true;
                self.start_in_body(start);
                self.foster = false;
            }
        }
        Step::Done
    }

    pub(super) fn end_in_cell(&mut self, tag: Tag, name: Span) {
        use Tag::*;
        if matches!(tag, Caption | Col | Colgroup) || !self.in_table_scope(tag) {
            return;
        }
        if matches!(tag, Td | Th) {
            self.end_implied(Other);
            self.pop_until(|t| t == tag);
            self.clear_formatting();
        } else {
            self.close_cell();
            self.end_html(tag, name);
        }
    }

    pub(super) fn end_in_rows(&mut self, tag: Tag, name: Span) {
        use Tag::*;
        let in_row = self.mode() == Mode::Row;
        match tag {
            Tr if in_row => {
                self.clear_back_to(|t| matches!(t, Tr | Template));
                self.open.pop();
            }
            Table | Tbody | Thead | Tfoot => {
                if tag != Table && !self.in_table_scope(tag) {
                    return;
                }
                if in_row {
                    self.clear_back_to(|t| matches!(t, Tr | Template));
                } else {
                    self.clear_back_to(|t| matches!(t, Tbody | Thead | Tfoot | Template));
                }
                self.open.pop();
                if in_row || tag == Table {
                    self.end_html(tag, name);
                }
            }
            _ => {}
        }
    }

    pub(super) fn close_cell(&mut self) {
        self.end_implied(Tag::Other);
        self.pop_until(|t| matches!(t, Tag::Td | Tag::Th));
        self.clear_formatting();
    }

    pub(super) fn end_html(&mut self, tag: Tag, name: Span) {
        use Tag::*;
        let of_table = matches!(tag, Table | Tbody | Thead | Tfoot | Tr | Td | Th | Caption | Col | Colgroup);
        match self.mode() {
            _ if matches!(tag, Html | Body | Head) => {}
            Mode::Body | Mode::Template => {
                if !of_table || self.mode() == Mode::Template {
                    self.end_in_body(tag, name);
                }
            }
            Mode::Columns => {
                if !matches!(tag, Col | Template) {
                    self.open.pop();
                    if tag != Colgroup {
                        self.end_html(tag, name);
                    }
                } else if tag == Template {
                    self.end_in_body(tag, name);
                }
            }
            Mode::Cell | Mode::Caption if !of_table => self.end_in_body(tag, name),
            Mode::Cell => self.end_in_cell(tag, name),
            Mode::Caption => {
                if matches!(tag, Caption | Table) && self.in_table_scope(Caption) {
                    self.close_caption();
                    if tag == Table {
                        self.end_html(tag, name);
                    }
                }
            }
            Mode::Table | Mode::Rows | Mode::Row if !of_table => {
                self.foster = true;
                self.end_in_body(tag, name);
                self.foster = false;
            }
            Mode::Table => {
                if tag == Table && self.in_table_scope(Table) {
                    self.pop_until(|t| t == Table);
                }
            }
            Mode::Rows | Mode::Row => self.end_in_rows(tag, name),
        }
    }
}
