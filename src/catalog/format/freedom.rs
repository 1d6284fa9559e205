//! How freely a notation matches. A regex may be at many places of its repetitions at once, each of
//! which costs time at every byte of a text; one without any, however long, costs nothing.

use regex_syntax::hir::{Hir, HirKind};

/// The number of places within repetitions of a variable length: 3 for `code\W{1,4}`.
pub(super) fn freedom(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            if has_one_length(hir) {
                0
            } else if has_one_length(&repetition.sub) {
                let least = repetition.min as usize;
                size(hir).saturating_sub(least.saturating_mul(size(&repetition.sub)))
            } else {
                size(hir)
            }
        }
        HirKind::Capture(capture) => freedom(&capture.sub),
        HirKind::Alternation(_) if hir.properties().minimum_len() == Some(0) => size(hir),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => sum(parts, freedom),
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => 0,
    }
}

fn has_one_length(hir: &Hir) -> bool {
    length(hir).is_some()
}

/// The number of characters of every match; `None` if it varies.
fn length(hir: &Hir) -> Option<usize> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(0),
        HirKind::Literal(literal) => Some(literal.0.len()),
        HirKind::Class(_) => Some(1),
        HirKind::Capture(capture) => length(&capture.sub),
        HirKind::Repetition(repetition) => {
            let is_fixed = repetition.max == Some(repetition.min);
            length(&repetition.sub)?.checked_mul(repetition.min as usize).filter(|_| is_fixed)
        }
        HirKind::Concat(parts) => {
            parts.iter().try_fold(0_usize, |sum, part| sum.checked_add(length(part)?))
        }
        HirKind::Alternation(branches) => {
            let first = length(branches.first()?);
            first.filter(|_| branches.iter().all(|branch| length(branch) == first))
        }
    }
}

/// The number of places in a regex whose repetitions are written out.
fn size(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min + 1);
            size(&repetition.sub).saturating_mul(most as usize)
        }
        HirKind::Capture(capture) => size(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => sum(parts, size),
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(_) => 1,
        HirKind::Empty | HirKind::Look(_) => 0,
    }
}

fn sum(parts: &[Hir], of: fn(&Hir) -> usize) -> usize {
    parts.iter().map(of).fold(0, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_of_a_variable_length_count_with_all_their_places() {
        for (regex, expected) in [
            ("exit code: ", 0),
            (r"code\W{1,4}", 3),
            (r"\d{4} code ", 0),
            (r"code\s*", 1),
            (r"\bcurl\b[^\n]{0,100}code ", 100),
            ("(?:ab|cd)? code ", 4),
            ("(?:[^x]{0,120}[^y]{0,120}){0,2}code ", 480),
            ("(?:a{0,9}){3}code ", 27),
            ("(?:(?:|[^x])(?:|[^y]|k[^z])){60}code ", 240),
            ("(?:|[^x])code ", 1),
            ("(?:ab|cde){5} code ", 25),
            ("((a{0,1000}){0,1000}){0,1000}code ", 1_000_000_000),
        ] {
            assert_eq!(freedom(&regex_syntax::parse(regex).unwrap()), expected, "{regex}");
        }
    }
}
