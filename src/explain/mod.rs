//! Explanations: what the catalog says about a code, rendered for users and programs.

mod named_family;
mod prose;
mod query;
mod readings;
mod render;

use std::collections::HashSet;
use std::fmt::Write as _;

use serde::Serialize;

use crate::catalog::{Catalog, Entry, FamilyId, Severity};
use crate::code::{Anatomy, Code, Shape};
use crate::locale::Locale;
use crate::scan::{Key, Meaning, Weight};
pub use prose::Prose;
pub use query::{answers_to_query, keys_of_query};
pub use readings::readings;
#[cfg(feature = "cli")]
pub(crate) use render::markdown_cell;
pub use render::{markdown, plain, severity_name};

/// An answer to "What does this code mean?" in one language. It serializes to the JSON that
/// `--format json` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The code in upper-case hex; `None` if the family's numbers are not 32-bit codes.
    pub hex: Option<String>,
    /// The code as a signed decimal; `None` like `hex`.
    pub signed: Option<i32>,
    /// The code as an unsigned decimal; `None` like `hex`.
    pub unsigned: Option<u32>,
    /// The family's id; `None` for an unknown code.
    pub family: Option<String>,
    /// The number in its family, if any.
    pub number: Option<i32>,
    /// The symbolic name, if any.
    pub name: Option<String>,
    /// The severity; `None` for an unknown code.
    pub severity: Option<Severity>,
    /// What happened; for an unknown code, what its bits say.
    pub message: String,
    /// What to do next, if known.
    pub remedy: Option<Prose>,
    /// Links to pages about it.
    pub links: Vec<String>,
    /// Anything else the reader needs to know.
    pub notes: Vec<Prose>,
    /// The family's title.
    #[serde(skip)]
    pub title: String,
    /// Whether the message is only the symbolic name, spelled out.
    #[serde(skip)]
    pub is_name_only: bool,
    /// Whether the number is shown in hex.
    #[serde(skip)]
    pub shows_hex: bool,
}

/// The answers for an occurrence: the family whose notation matched comes first, then the others
/// that have the code. Never empty: the answer for an unknown code describes its bits.
#[must_use]
pub fn answers(catalog: &Catalog, meaning: Meaning, locale: Locale) -> Vec<Answer> {
    if let (Key::Code(code), Weight::Possible) = (meaning.key, meaning.weight) {
        return possible(catalog, code.signed(), &[], locale);
    }
    let entries = entries(catalog, meaning);
    if entries.is_empty() {
        return vec![unknown(catalog, meaning, locale)];
    }
    let answers = entries.iter().map(|entry| answer(catalog, entry, meaning.key, locale));
    answers.map(|answer| Answer { severity: weighed(answer.severity, meaning), ..answer }).collect()
}

/// The readings of a number without evidence around it; `leanings` are the families suggested by
/// the document. None has a severity, and the first one says why.
#[must_use]
pub fn possible(
    catalog: &Catalog,
    number: i32,
    leanings: &[FamilyId],
    locale: Locale,
) -> Vec<Answer> {
    let mut answers = readings(catalog, number, leanings, locale);
    if answers.is_empty() {
        let meaning = Meaning::new(Key::Code(Code(number as u32)), None);
        return vec![unknown(catalog, meaning, locale)];
    }
    answers.iter_mut().for_each(|answer| answer.severity = None);
    if let Some(first) = answers.first_mut() {
        let note = locale.pick(
            "Possible reading: nothing near this number says whose it is.",
            "Lecture possible\u{a0}: rien près de ce nombre n’indique à qui il appartient.",
        );
        first.notes.insert(0, note.into());
    }
    answers
}

/// The severity of an occurrence whose entry has `severity`: `None` for a mere possibility, and at
/// most information on a line with that log level.
#[must_use]
pub fn weighed(severity: Option<Severity>, meaning: Meaning) -> Option<Severity> {
    match meaning.weight {
        Weight::Possible => None,
        Weight::Quiet => severity.map(|severity| severity.min(Severity::Information)),
        Weight::Full => severity,
    }
}

/// The entries for an occurrence, in the order of the answers.
#[must_use]
pub fn entries(catalog: &Catalog, meaning: Meaning) -> Vec<Entry<'_>> {
    let mut entries = match meaning.key {
        Key::Code(code) => catalog.by_code(code),
        Key::Number(family, number) => {
            let id = catalog.family(family).id();
            let others = catalog.families().filter(|other| other.same_numbers_as() == id);
            let families = [family].into_iter().chain(others.map(|other| other.catalog_id()));
            families.filter_map(|family| catalog.by_number(family, number)).collect()
        }
        Key::Name(id) => catalog.namesakes(id),
    };
    // Codes that only follow another code count only there.
    let is_misplaced = |entry: &Entry<'_>| {
        meaning.family != Some(entry.family()) && catalog.family(entry.family()).follows_code()
    };
    entries.sort_by_key(|entry| (is_misplaced(entry), rank(entry, meaning)));
    // Each message is shown once: an NTSTATUS and the HRESULT made from it have the same name.
    let mut shown = HashSet::new();
    entries.retain(|entry| shown.insert(entry.message().en) || !entry.is_words_only());
    entries
}

/// The rank of an entry among the answers: the family whose notation matched comes first, a
/// misprint last; a small code is more likely a number than a success HRESULT; and a written
/// message says more than a spelled-out name.
fn rank(entry: &Entry<'_>, meaning: Meaning) -> (bool, bool, bool, bool) {
    let (is_misprint, is_small) = match meaning.key {
        Key::Code(code) => (entry.is_misprinted_as(code), code.0 <= 0xFFFF),
        Key::Number(..) | Key::Name(_) => (false, false),
    };
    (
        meaning.family.is_some_and(|first| entry.family() != first),
        is_misprint,
        is_small && entry.number().is_none(),
        entry.is_words_only(),
    )
}

/// The key for an entry that was found by its name or its words.
#[must_use]
pub fn own_key(catalog: &Catalog, entry: &Entry<'_>) -> Key {
    match (catalog.code_of(entry), entry.number()) {
        (Some(code), _) => Key::Code(code),
        (None, Some(number)) => Key::Number(entry.family(), number),
        (None, None) => Key::Name(entry.name_id(entry.name())),
    }
}

/// The answer for one entry, found by `key`.
#[must_use]
pub fn answer(catalog: &Catalog, entry: &Entry<'_>, key: Key, locale: Locale) -> Answer {
    let family = catalog.family(entry.family());
    let own = catalog.code_of(entry);
    let (code, number) = match key {
        Key::Code(code) => {
            if entry.is_misprinted_as(code) {
                (own, entry.number())
            } else {
                (Some(code), entry.number().or_else(|| family.number_of(code)))
            }
        }
        Key::Number(_, number) => (own, Some(number)),
        Key::Name(_) => (own, entry.number()),
    };
    let mut notes = Vec::new();
    if !entry.note().get(locale).is_empty() {
        notes.push(Prose::from(entry.note().get(locale)));
    }
    // If the message is the name itself, no note is needed.
    if entry.is_words_only() && !entry.message().en.starts_with(entry.name()) {
        notes.push(
            locale
                .pick(
                    "The message is the symbolic name spelled out.",
                    "Le message reprend en toutes lettres le nom symbolique (en anglais).",
                )
                .into(),
        );
    }
    if let (Key::Code(read), Some(right)) = (key, code) {
        let read = read.to_string();
        if read != right.to_string() && !entry.note().get(locale).contains(&read) {
            notes.push(Prose::from(locale.pick(
                format!("Some published tables list {read} here by mistake; the code is {right}."),
                format!(
                    "Des tables publiées donnent ici {read} par erreur\u{a0}; le code est {right}."
                ),
            )));
        }
    }
    let mut links: Vec<String> = entry.links().map(str::to_owned).collect();
    links.extend(
        family.links().filter(|link| !entry.links().any(|own| own == *link)).map(str::to_owned),
    );
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Answer {
        hex: code.map(|code| code.to_string()),
        signed: code.map(Code::signed),
        unsigned: code.map(Code::unsigned),
        family: some(family.id()),
        number,
        name: some(entry.name()),
        severity: Some(entry.severity()),
        message: entry.message().get(locale).to_owned(),
        remedy: some(entry.remedy().get(locale)).map(Prose::from),
        links,
        notes,
        title: family.title().get(locale).to_owned(),
        is_name_only: entry.is_words_only(),
        shows_hex: family.is_shown_in_hex(),
    }
}

/// The answer for a code without an entry: what its bits say.
fn unknown(catalog: &Catalog, meaning: Meaning, locale: Locale) -> Answer {
    let code = match meaning.key {
        Key::Code(code) => Some(code),
        Key::Number(..) | Key::Name(_) => None,
    };
    let family = meaning.family.map(|family| catalog.family(family));
    let number = match (meaning.key, family) {
        (Key::Number(_, number), _) => Some(number),
        (Key::Code(code), Some(family)) => family.number_of(code),
        _ => None,
    };
    let not_known = locale.pick("Not in the catalog", "Absent du catalogue");
    let message = match code.and_then(Code::anatomy) {
        Some(anatomy) if family.is_none() => format!("{not_known}: {}", describe(anatomy, locale)),
        _ => not_known.to_owned(),
    };
    Answer {
        hex: code.map(|code| code.to_string()),
        signed: code.map(Code::signed),
        unsigned: code.map(Code::unsigned),
        family: family.map(|family| family.id().to_owned()),
        number,
        name: None,
        severity: None,
        message: locale.pick(message.clone(), message.replace(": ", "\u{a0}: ")),
        remedy: None,
        links: Vec::new(),
        notes: Vec::new(),
        title: family.map(|family| family.title().get(locale).to_owned()).unwrap_or_default(),
        is_name_only: false,
        shows_hex: family.is_some_and(|family| family.is_shown_in_hex()),
    }
}

/// The fields of an unknown code in words.
fn describe(anatomy: Anatomy, locale: Locale) -> String {
    let shape = match anatomy.shape {
        Shape::Hresult => locale.pick("a failure HRESULT", "un HRESULT d’échec"),
        Shape::Ntstatus => locale.pick("an error NTSTATUS", "un NTSTATUS d’erreur"),
        Shape::NtstatusInHresult => {
            locale.pick("an NTSTATUS wrapped as an HRESULT", "un NTSTATUS enveloppé en HRESULT")
        }
    };
    let mut text =
        format!("{shape}, {} {}", locale.pick("facility", "composant"), anatomy.facility);
    if let Some(name) = anatomy.facility_name() {
        let _ = write!(text, " ({name})");
    }
    let _ = write!(text, ", code {} (0x{:04X})", anatomy.code, anatomy.code);
    if anatomy.customer {
        text.push_str(locale.pick(
            ", defined outside Microsoft (customer bit)",
            ", défini hors de Microsoft (bit client)",
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::catalog::{FamilyId, Layer};
    use crate::scan::Scanner;

    fn ask(query: &str) -> Vec<Answer> {
        answers_to_query(&Scanner::new(Arc::new(Catalog::builtin())), query, Locale::En)
    }

    #[test]
    fn every_notation_has_the_same_answer() {
        let expected = ask("0x87D10194");
        assert_eq!(expected[0].number, Some(404));
        for query in ["0x87d10194", "-2016345708", "2278621588", "SyncML(404)", "syncml (404)"] {
            assert_eq!(ask(query), expected, "{query}");
        }
    }

    #[test]
    fn a_bare_number_is_explained_for_every_family_that_has_it() {
        let families: Vec<_> = ask("404").into_iter().filter_map(|answer| answer.family).collect();
        assert!(families.contains(&"syncml".to_owned()), "{families:?}");
        assert!(families.contains(&"company-portal-ios".to_owned()), "{families:?}");
    }

    #[test]
    fn a_misprint_leads_to_the_right_entry_and_says_so() {
        let answers = ask("0xF3FB4D95");
        assert_eq!(answers[0].hex.as_deref(), Some("0x87D107D1"));
        assert_eq!(answers[0].number, Some(1201));
        assert!(
            answers[0].notes.iter().any(|note| note.to_string().contains("0xF3FB4D95")),
            "{answers:?}"
        );
    }

    #[test]
    fn a_code_that_is_a_misprint_of_another_is_explained_as_itself_first() {
        let numbers: Vec<_> = ask("0x87D13AA4").iter().map(|answer| answer.number).collect();
        assert_eq!(numbers, [Some(5012), Some(5009)]);
    }

    #[test]
    fn an_unknown_code_gets_its_anatomy_and_nothing_else() {
        let answers = ask("0x8123ABCD");
        assert_eq!(answers[0].severity, None);
        assert_eq!(
            answers[0].message,
            "Not in the catalog: a failure HRESULT, facility 291, code 43981 (0xABCD)"
        );
        assert_eq!(ask("no such thing"), []);
    }

    #[test]
    fn a_screen_is_found_by_its_words_with_either_apostrophe() {
        for query in [
            "Impossible de se connecter au serveur",
            "un problème s'est produit",
            "Can't connect to server",
        ] {
            assert_eq!(ask(query)[0].family.as_deref(), Some("company-portal-ios"), "{query}");
        }
    }

    #[test]
    fn shared_names_are_explained_with_all_their_states() {
        let numbers: Vec<_> = ask("APP_CI_ENFORCEMENT_ERROR").iter().map(|a| a.number).collect();
        assert_eq!(numbers, [Some(90), Some(110), Some(120), Some(130)]);
    }

    /// A family's file: the `keys` of the family, and its entries by their keys.
    fn file(id: &str, keys: &str, entries: &[&str]) -> Layer {
        let head = format!("[family]\nid = \"{id}\"\ntitle = \"The {id}\"\n{keys}\n");
        let entries =
            entries.iter().map(|keys| format!("[[entry]]\nseverity = \"error\"\n{keys}\n"));
        Layer::parse("x.toml", &(head + &entries.collect::<String>())).unwrap()
    }

    fn catalog(files: &[Layer]) -> Catalog {
        files.iter().fold(Catalog::default(), Catalog::with_layer)
    }

    /// The ids of the families that explain `key`, in order.
    fn explaining(catalog: &Catalog, key: Key, family: Option<FamilyId>) -> Vec<String> {
        let answers = answers(catalog, Meaning::new(key, family), Locale::En);
        answers.into_iter().filter_map(|answer| answer.family).collect()
    }

    fn family(catalog: &Catalog, id: &str) -> FamilyId {
        catalog.family_by_id(id).unwrap().catalog_id()
    }

    #[test]
    fn the_family_whose_notation_matched_comes_first() {
        let own = ["code = 0xE0000001\nmessage = \"Own\""];
        let other = ["code = 0xE0000001\nmessage = \"Other\""];
        let catalog = catalog(&[file("a", "", &own), file("b", "", &other)]);
        let key = Key::Code(Code(0xE000_0001));
        for first in ["a", "b"] {
            let found = explaining(&catalog, key, Some(family(&catalog, first)));
            assert_eq!((found.len(), found[0].as_str()), (2, first));
        }
    }

    #[test]
    fn a_small_code_is_a_number_before_it_is_a_code() {
        for (code, first) in [(0xFFFF, "number"), (0x1_0000, "code")] {
            let by_number = [&*format!("number = {code}\nmessage = \"By number\"")];
            let by_code = [&*format!("code = {code}\nmessage = \"By code\"")];
            // Among equally ranked entries, the last file's comes first.
            let catalog =
                catalog(&[file("number", "base = 0", &by_number), file("code", "", &by_code)]);
            let found = explaining(&catalog, Key::Code(Code(code)), None);
            assert_eq!((found.len(), found[0].as_str()), (2, first), "{code}");
        }
    }

    #[test]
    fn a_text_that_a_person_wrote_comes_before_a_name_spelled_out() {
        let written = ["code = 0xE0000001\nmessage = \"The disk is full\""];
        let spelled = ["code = 0xE0000001\nname = \"DISK_FULL\""];
        let catalog = catalog(&[file("written", "", &written), file("spelled", "", &spelled)]);
        let found = explaining(&catalog, Key::Code(Code(0xE000_0001)), None);
        assert_eq!(found, ["written", "spelled"]);
    }

    #[test]
    fn a_name_spelled_out_is_shown_once_and_a_text_each_time() {
        let spelled = ["code = 0xE0000001\nname = \"DISK_FULL\""];
        let written = ["code = 0xE0000001\nmessage = \"Disk full\""];
        let key = Key::Code(Code(0xE000_0001));
        let two_names = catalog(&[file("a", "", &spelled), file("b", "", &spelled)]);
        assert_eq!(explaining(&two_names, key, None), ["b"]);
        let two_texts = catalog(&[file("a", "", &written), file("b", "", &written)]);
        assert_eq!(explaining(&two_texts, key, None), ["b", "a"]);
        let both = catalog(&[file("a", "", &written), file("b", "", &spelled)]);
        assert_eq!(explaining(&both, key, None), ["a"]);
    }

    #[test]
    fn a_number_is_explained_by_the_families_of_the_same_numbers_too() {
        let entry = |text: &str| format!("number = 7\nmessage = \"{text}\"");
        let catalog = catalog(&[
            file("http", "", &[&entry("HTTP")]),
            file("stranger", "", &[&entry("Stranger")]),
            file("proxy", "same-numbers-as = \"http\"", &[&entry("Proxy")]),
        ]);
        let http = family(&catalog, "http");
        let found = explaining(&catalog, Key::Number(http, 7), Some(http));
        assert_eq!(found, ["http", "proxy"]);
    }

    #[test]
    fn an_entry_is_looked_up_by_its_code_or_its_number_or_its_name() {
        let catalog = catalog(&[
            file("coded", "base = 100", &["number = 7\nmessage = \"x\""]),
            file("numbered", "", &["number = 7\nmessage = \"x\""]),
            file("named", "", &["name = \"N_ONLY\""]),
        ]);
        let keys: Vec<_> = catalog.entries().map(|entry| own_key(&catalog, &entry)).collect();
        let named = catalog.by_name("N_ONLY")[0].name_id("N_ONLY");
        let number = Key::Number(family(&catalog, "numbered"), 7);
        assert_eq!(keys, [Key::Code(Code(107)), number, Key::Name(named)]);
    }

    /// The only answer for a code in a family with this `entry`.
    fn answer_of(entry: &str, code: u32) -> Answer {
        let catalog = catalog(&[file("team", "links = [\"https://a.example\"]", &[entry])]);
        let meaning = Meaning::new(Key::Code(Code(code)), None);
        let [answer] = &answers(&catalog, meaning, Locale::En)[..] else { panic!("{entry}") };
        answer.clone()
    }

    const CODE: &str = "code = 0xE0000001\nmessage = \"x\"\n";

    #[test]
    fn an_answer_has_nothing_that_its_entry_has_not() {
        let answer = answer_of(CODE, 0xE000_0001);
        assert_eq!((answer.name, answer.number, answer.remedy), (None, None, None));
        assert!(answer.notes.is_empty());
        assert_eq!(answer.family.as_deref(), Some("team"));
    }

    #[test]
    fn an_entrys_own_pages_come_before_its_familys_each_once() {
        let links = "links = [\"https://b.example\", \"https://a.example\"]";
        let answer = answer_of(&format!("{CODE}{links}"), 0xE000_0001);
        assert_eq!(answer.links, ["https://b.example", "https://a.example"]);
        let answer = answer_of(&format!("{CODE}links = [\"https://b.example\"]"), 0xE000_0001);
        assert_eq!(answer.links, ["https://b.example", "https://a.example"]);
    }

    #[test]
    fn a_note_is_shown_and_a_misprint_is_remarked_on_once() {
        let misprints = format!("{CODE}misprints = [0xE0000010]\n");
        let remark =
            "Some published tables list 0xE0000010 here by mistake; the code is 0xE0000001.";
        let remark = Prose::from(remark);
        let notes_of = |entry: &str, code| answer_of(entry, code).notes;
        assert_eq!(notes_of(&misprints, 0xE000_0001), [] as [Prose; 0]);
        assert_eq!(notes_of(&misprints, 0xE000_0010), std::slice::from_ref(&remark));
        let note = format!("{misprints}note = \"Often.\"");
        assert_eq!(notes_of(&note, 0xE000_0001), [Prose::from("Often.")]);
        assert_eq!(notes_of(&note, 0xE000_0010), [Prose::from("Often."), remark.clone()]);
        // The note already says so.
        let own = format!("{misprints}note = \"Not 0xE0000010.\"");
        assert_eq!(notes_of(&own, 0xE000_0010), [Prose::from("Not 0xE0000010.")]);
    }

    #[test]
    fn an_unknown_number_is_its_familys_and_an_unknown_code_of_a_family_has_its_number() {
        let catalog = catalog(&[file("team", "base = 0xE0000000", &[])]);
        let team = family(&catalog, "team");
        let answer = |key| {
            let answers = answers(&catalog, Meaning::new(key, Some(team)), Locale::En);
            let Answer { hex, number, message, title, .. } = answers[0].clone();
            (hex, number, message, title)
        };
        let (not_known, title) = ("Not in the catalog".to_owned(), "The team".to_owned());
        let by_number = answer(Key::Number(team, 7));
        assert_eq!(by_number, (None, Some(7), not_known.clone(), title.clone()));
        let by_code = answer(Key::Code(Code(0xE000_0007)));
        assert_eq!(by_code, (Some("0xE0000007".to_owned()), Some(7), not_known, title));
    }

    #[test]
    fn an_unknown_codes_bits_are_described() {
        let message = |code, locale| {
            let meaning = Meaning::new(Key::Code(Code(code)), None);
            answers(&Catalog::default(), meaning, locale)[0].message.clone()
        };
        for (code, words) in [
            (0x8007_FFFE, "a failure HRESULT, facility 7 (WIN32), code 65534 (0xFFFE)"),
            (
                0xA123_ABCD,
                "a failure HRESULT, facility 291, code 43981 (0xABCD), \
                 defined outside Microsoft (customer bit)",
            ),
            (0xC123_ABCD, "an error NTSTATUS, facility 291, code 43981 (0xABCD)"),
            (0xD123_ABCD, "an NTSTATUS wrapped as an HRESULT, facility 291, code 43981 (0xABCD)"),
        ] {
            assert_eq!(message(code, Locale::En), format!("Not in the catalog: {words}"));
        }
        assert_eq!(
            message(0x8007_FFFE, Locale::Fr),
            "Absent du catalogue\u{a0}: un HRESULT d’échec, composant 7 (WIN32), code 65534 (0xFFFE)"
        );
        assert_eq!(message(5, Locale::En), "Not in the catalog");
    }
}
