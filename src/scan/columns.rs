//! Columns named in a log's own header: `#Fields: date time … sc-status sc-win32-status`, the
//! W3C extended log format (<https://www.w3.org/TR/WD-logfile.html>).

use super::Token;
use super::beside::{line_after, line_before};
use crate::catalog::{Catalog, FamilyId, Severity};

/// A column that holds a family's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    family: FamilyId,
    /// The number of columns before it.
    before: usize,
    /// The number of columns after it.
    after: usize,
}

const HEADER: &str = "#Fields:";

/// The columns named at the head of a text.
pub(super) fn columns(catalog: &Catalog, head: &str) -> Vec<Column> {
    let Some(start) = head.find(HEADER) else { return Vec::new() };
    let line = head[start + HEADER.len()..].lines().next().unwrap_or_default();
    let names: Vec<&str> = line.split_ascii_whitespace().collect();
    let families = catalog.families().flat_map(|family| {
        let id = family.catalog_id();
        family.columns().map(move |column| (column, id))
    });
    let column = |(name, family): (&str, FamilyId)| {
        let before = names.iter().position(|known| known.eq_ignore_ascii_case(name))?;
        Some(Column { family, before, after: names.len() - before - 1 })
    };
    families.filter_map(column).collect()
}

/// Whether another column of the token's line says that all went well, as a status of 200 does.
pub(super) fn is_fine(catalog: &Catalog, token: &Token<'_>) -> bool {
    let before = line_before(token);
    let has_start = before.len() < token.before().len() || token.before_start() == 0;
    let fields: Vec<&[u8]> = before.split(|byte| matches!(byte, b' ' | b'\t')).collect();
    has_start
        && token.memo.columns.iter().any(|column| {
            let field = fields.get(column.before).and_then(|field| std::str::from_utf8(field).ok());
            let number = field.and_then(|field| field.parse().ok()).filter(|&number| number != 0);
            let entry = number.and_then(|number| catalog.by_number(column.family, number));
            entry.is_some_and(|entry| entry.severity() <= Severity::Information)
        })
}

/// The family of the column that a number is in. If one end of the line is out of reach, columns
/// are counted from the other end.
pub(super) fn family_of(token: &Token<'_>) -> Option<FamilyId> {
    let columns = &token.memo.columns;
    if columns.is_empty() {
        return None;
    }
    let (before, after) = (line_before(token), line_after(token));
    let is_field = before.last().is_none_or(|byte| matches!(byte, b' ' | b'\t'))
        && after.first().is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
    if !is_field || before.starts_with(b"#") {
        return None;
    }
    let count = |text: &[u8]| text.iter().filter(|byte| matches!(byte, b' ' | b'\t')).count();
    let has_end = after.len() < token.after().len() || token.end + after.len() == token.text.len();
    let has_start = before.len() < token.before().len() || token.before_start() == 0;
    let is_here = |column: &&Column| match (has_end, has_start) {
        (true, _) => column.after == count(after.trim_ascii_end()),
        (false, true) => column.before == count(before),
        (false, false) => false,
    };
    columns.iter().find(is_here).map(|column| column.family)
}
