//! Symbolic names spelled out in words, for entries without a message of their own:
//! `ERROR_ACCESS_DENIED` is "Access denied".

use std::collections::HashMap;
use std::sync::LazyLock;

/// The message, in English and in French, of an entry with only a name: its words, or the name
/// itself if it has just one, which would say nothing or something else.
pub(crate) fn message_of_name(name: &str, prefixes: &[String]) -> [String; 2] {
    let words = words_of(name, prefixes);
    if words.contains(' ') {
        return [words.clone(), words];
    }
    [format!("{name} (known by name only)"), format!("{name} (connu seulement par son nom)")]
}

/// The words of a name, without a beginning that only says that it is an error, and of which
/// component: one of the family's `prefixes`, `…_E_` or similar.
fn words_of(name: &str, prefixes: &[String]) -> String {
    let mut words = String::new();
    for part in parts(bare(name, prefixes)).into_iter().flat_map(split) {
        let upper = part.to_ascii_uppercase();
        let spelled = SPELLING.get(upper.as_str()).map(|&spelling| spelling.to_owned());
        let word = spelled.unwrap_or_else(|| part.to_ascii_lowercase());
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(&word);
    }
    if words.is_empty() {
        return name.to_owned();
    }
    let words = words.replace("can not", "cannot");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) if !words.starts_with("iSCSI") => first.to_uppercase().chain(letters).collect(),
        _ => words,
    }
}

/// The words of a compound; any other part unchanged.
fn split(part: &str) -> Vec<&str> {
    COMPOUNDS
        .get(&part.to_ascii_lowercase())
        .map_or_else(|| vec![part], |words| words.split(' ').collect())
}

/// Compounds that names write without a space, with their words.
static COMPOUNDS: LazyLock<HashMap<String, &str>> = LazyLock::new(|| {
    let lines = include_str!("../../../catalog/compounds.txt").lines();
    let compounds = lines.filter(|line| line.contains(' ') && !line.starts_with('#'));
    compounds.map(|words| (words.replace(' ', ""), words)).collect()
});

/// A name without the part that says that it is an error.
fn bare<'n>(name: &'n str, prefixes: &[String]) -> &'n str {
    let name = name.trim_start_matches('_');
    let given = prefixes.iter().filter_map(|prefix| name.strip_prefix(prefix.as_str()));
    let given = given.filter(|rest| !rest.is_empty()).min_by_key(|rest| rest.len());
    let general = || ["ERROR_", "STATUS_"].iter().find_map(|prefix| name.strip_prefix(prefix));
    given
        .or_else(|| after_kind(name))
        .or_else(general)
        .filter(|rest| !rest.is_empty())
        .unwrap_or(name)
}

/// The part after the letter for the kind of result: `WU_E_NO_SERVICE`.
fn after_kind(name: &str) -> Option<&str> {
    let parts: Vec<&str> = name.split('_').collect();
    let kind =
        parts.iter().take(5).position(|part| matches!(*part, "E" | "S" | "I" | "W" | "F" | "X"))?;
    let before: usize = parts[..=kind].iter().map(|part| part.len() + 1).sum();
    name.get(before..)
}

/// The words of a name, split at underscores and, in mixed case, before capitals.
fn parts(name: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for run in name.split('_').filter(|run| !run.is_empty()) {
        let bytes = run.as_bytes();
        let mut start = 0;
        for at in 1..bytes.len() {
            let next_is_lower = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            let begins = bytes[at].is_ascii_uppercase()
                && (bytes[at - 1].is_ascii_lowercase() || next_is_lower);
            if begins && run.is_char_boundary(at) {
                parts.push(&run[start..at]);
                start = at;
            }
        }
        parts.push(&run[start..]);
    }
    parts
}

/// The spelling of parts that are not plain words: acronyms, products, abbreviations.
static SPELLING: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let lines = include_str!("../../../catalog/spelling.txt").lines();
    let parts = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    parts.map(|line| line.split_once('\t').unwrap_or((line, line))).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_spelled_out() {
        let prefixes = ["NSURLError", "ERROR_INTERNET_"].map(str::to_owned);
        for (name, words) in [
            ("ERROR_ACCESS_DENIED", "Access denied"),
            ("STATUS_NO_SUCH_FILE", "No such file"),
            ("E_FAIL", "Fail"),
            ("WU_E_NO_SERVICE", "No service"),
            ("TPM_20_E_ASYMMETRIC", "Asymmetric"),
            ("RPC_S_SERVER_UNAVAILABLE", "Server unavailable"),
            ("NSURLErrorTimedOut", "Timed out"),
            ("NSURLErrorBadURL", "Bad URL"),
            ("ERROR_INTERNET_NAME_NOT_RESOLVED", "Name not resolved"),
            ("ERROR_ISCSI", "iSCSI"),
            ("_MAPI_E_BAD_VALUE", "Bad value"),
            ("ERROR_DS_DNS_LOOKUP_FAILURE", "DS DNS lookup failure"),
            ("kAny", "K any"),
            ("ERROR_", "Error"),
            ("É_ACCES", "É acces"),
            ("ERROR_NOT__FOUND", "Not found"),
            ("NSURLError", "Nsurl error"),
            ("ERROR_INTERNET_", "Internet"),
            ("A_B_C_D_G_E_NOT_A_KIND", "A b c d g e not a kind"),
            ("kHTTPIsDown", "K HTTP is down"),
        ] {
            assert_eq!(words_of(name, &prefixes), words, "{name}");
        }
    }

    #[test]
    fn a_compound_is_split_and_each_word_written_in_its_way() {
        for (name, words) in [
            ("E_NOINTERFACE", "No interface"),
            ("DNS_ERROR_BADRECORDLENGTH", "DNS error bad record length"),
            ("COMADMIN_E_CAN_NOT_START_APP", "Cannot start app"),
        ] {
            assert_eq!(words_of(name, &[]), words, "{name}");
        }
    }

    #[test]
    fn a_one_word_name_is_not_spelled_out() {
        let of = |name| message_of_name(name, &[]);
        assert_eq!(of("ERROR_ACCESS_DENIED"), ["Access denied"; 2]);
        let [en, fr] = of("E_ASYMMETRIC");
        assert_eq!(en, "E_ASYMMETRIC (known by name only)");
        assert_eq!(fr, "E_ASYMMETRIC (connu seulement par son nom)");
    }

    #[test]
    fn the_lists_are_sorted_and_have_each_part_once() {
        let compounds = include_str!("../../../catalog/compounds.txt").lines();
        let compounds = compounds.filter(|line| !line.starts_with('#'));
        let joined: Vec<String> = compounds.map(|words| words.replace(' ', "")).collect();
        assert!(joined.windows(2).all(|pair| pair[0] < pair[1]));
        let spelling = include_str!("../../../catalog/spelling.txt").lines();
        let parts: Vec<&str> = spelling
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split('\t').next().unwrap_or(line))
            .collect();
        assert!(parts.windows(2).all(|pair| pair[0] < pair[1]));
        let both = joined.iter().find(|part| parts.contains(&part.to_uppercase().as_str()));
        assert_eq!(both, None);
    }
}
