//! Compares the Windows names in the built-in catalog, including aliases, with independent headers:
//! those of mingw-w64, whose names and values `catalog/import` wrote to the fixture. Names that
//! only the headers have are marked there, so that no value counts as checked against itself.
//!
//! `cargo test --test windows_names -- --nocapture` prints the comparison, family by family.
//! The disputed codes, these and others, are listed with evidence in `catalog/DISPUTED.md`.

use std::collections::{BTreeMap, BTreeSet};

use hexplain::Catalog;

/// Names with a different value in the headers, with that value and the reason for keeping ours.
const DISPUTED: &[(&str, u32, &str)] = &[
    ("BUGCODE_ID_DRIVER", 0x8000_0080, "Microsoft's reference has the stop code 0xD2"),
    (
        "EAP_E_CERT_STORE_INACCESSIBLE",
        0x8042_0011,
        "Microsoft's reference has 0x80420010; 0x80420011 is EAP_E_EAPHOST_METHOD_NOT_INSTALLED",
    ),
    ("EAP_E_EAPHOST_METHOD_INVALID_PACKET", 0x4042_0017, "an EAP_E is a failure: 0x80420017"),
    ("EAP_E_EAPHOST_REMOTE_INVALID_PACKET", 0x4042_0018, "an EAP_E is a failure: 0x80420018"),
    ("EAP_E_EAPHOST_XML_MALFORMED", 0x4042_0019, "an EAP_E is a failure: 0x80420019"),
    ("EAP_E_METHOD_CONFIG_DOES_NOT_SUPPORT_SSO", 0x4042_001A, "an EAP_E is a failure: 0x8042001A"),
    (
        "EAP_E_USER_CREDENTIALS_REJECTED",
        0x4042_0111,
        "Microsoft's reference has 0x80420111; only EAP_I_USER_ACCOUNT_OTHER_ERROR is 0x4042xxxx",
    ),
    (
        "EAP_E_USER_NAME_PASSWORD_REJECTED",
        0x4042_0112,
        "an EAP_E is a failure: 0x80420112, next to EAP_E_USER_CREDENTIALS_REJECTED",
    ),
    (
        "ERROR_DHCP_SUBNET_EXISTS",
        20004,
        "20004 is ERROR_DHCP_SUBNET_EXITS, spelt so; the name with EXISTS is 20052",
    ),
    (
        "IMPERSONATING_WORKER_THREAD",
        0xFA,
        "Microsoft's reference has the stop code 0xDF; 0xFA is HTTP_DRIVER_CORRUPTED",
    ),
    (
        "STATUS_GRAPHICS_DRIVER_MISMATCH",
        0x401E_0117,
        "MS-ERREF of old and the headers have 0x401E0117; the SDK and logs have 0xC01E0009",
    ),
    (
        "STATUS_PKU2U_CERT_FAILURE",
        0xC000_042E,
        "MS-ERREF of old and the headers have 0xC000042E; the SDK has 0xC000042F",
    ),
];

/// Families based on the headers alone: their other sources have none of the names.
const UNCHECKED: &[&str] = &["cdo", "dism-api", "mapi", "sql-localdb"];

/// A name in the headers.
struct Header {
    value: u32,
    /// Whether no other source has the name: the catalog's value comes from the headers.
    only: bool,
}

fn headers() -> BTreeMap<&'static str, Header> {
    let lines = include_str!("fixtures/mingw-errors.tsv").lines();
    lines
        .map(|line| {
            let fields: Vec<_> = line.split('\t').collect();
            let value = u32::from_str_radix(fields[1], 16).unwrap();
            (fields[0], Header { value, only: fields.get(2) == Some(&"only") })
        })
        .collect()
}

/// Whether the values are equal, or one is the other's `HRESULT_FROM_WIN32`.
fn same(a: u32, b: u32) -> bool {
    let wraps = |hresult: u32, number: u32| number <= 0xFFFF && hresult == 0x8007_0000 | number;
    a == b || wraps(a, b) || wraps(b, a)
}

/// The result for a family's names.
#[derive(Default)]
struct Compared {
    /// The headers have the same value.
    agree: usize,
    /// They have a different value, and the reason for keeping ours is known.
    disputed: usize,
    /// Only the headers have the name, so there is nothing to compare.
    only: usize,
    /// The headers don't have the name.
    unknown: usize,
}

#[test]
fn every_name_has_its_value_in_independent_headers() {
    let catalog = Catalog::builtin();
    let mut disputed: BTreeMap<&str, u32> =
        DISPUTED.iter().map(|(name, value, _)| (*name, *value)).collect();
    let headers = headers();
    let mut families: BTreeMap<&str, Compared> = BTreeMap::new();
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
    for (name, entry) in catalog.by_name_prefix("") {
        let family = families.entry(catalog.family(entry.family()).id()).or_default();
        let Some(theirs) = headers.get(name) else {
            family.unknown += 1;
            continue;
        };
        seen.insert(name);
        let number = entry.number().map(|number| number as u32);
        let ours: Vec<u32> =
            number.into_iter().chain(catalog.code_of(&entry).map(|c| c.0)).collect();
        if ours.iter().any(|&ours| same(ours, theirs.value)) {
            if theirs.only {
                family.only += 1;
            } else {
                family.agree += 1;
            }
        } else if disputed.remove(name) == Some(theirs.value) {
            family.disputed += 1;
        } else {
            wrong.push(format!("{name}: {ours:08X?}, in the headers {:08X}", theirs.value));
        }
    }
    // The headers have no names of other vendors' families or of users' own.
    families.retain(|_, names| names.agree + names.disputed + names.only > 0);
    println!(
        "{:<22} {:>6} {:>9} {:>12} {:>11}",
        "family", "agree", "disputed", "headers only", "not in them"
    );
    let mut sum = Compared::default();
    for (id, names) in &families {
        let Compared { agree, disputed, only, unknown } = names;
        println!("{id:<22} {agree:>6} {disputed:>9} {only:>12} {unknown:>11}");
        sum.agree += agree;
        sum.disputed += disputed;
        sum.only += only;
        sum.unknown += unknown;
    }
    let compared = sum.agree + sum.disputed;
    let ours = compared + sum.only + sum.unknown;
    println!(
        "Of our {ours} names of these families {compared} were compared, {} of them disputed; {} come from \
         the headers alone, {} the headers don't have.\nOf the headers' {} names {compared} were compared, \
         {} the catalog has from them alone, {} it lacks: what is not a result, or not a second name.",
        sum.disputed,
        sum.only,
        sum.unknown,
        headers.len(),
        sum.only,
        headers.len() - seen.len(),
    );
    assert!(wrong.is_empty(), "decide these in DISPUTED, or correct them:\n{}", wrong.join("\n"));
    assert!(disputed.is_empty(), "no longer disputed: {disputed:?}");
    let unchecked: Vec<&str> = families
        .iter()
        .filter(|(_, names)| names.agree + names.disputed == 0)
        .map(|(id, _)| *id)
        .collect();
    assert_eq!(unchecked, UNCHECKED, "families of which nothing was compared");
    assert!(compared >= 11_700, "only {compared} names were compared");
    assert_eq!(sum.disputed, DISPUTED.len());
}

#[test]
fn a_windows_name_is_in_one_family_only() {
    let catalog = Catalog::builtin();
    let mut homes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let headers = headers();
    let names = catalog.by_name_prefix("").into_iter();
    for (name, entry) in names.filter(|(name, _)| headers.contains_key(name)) {
        homes.entry(name).or_default().push(catalog.family(entry.family()).id());
    }
    homes.retain(|_, families| families.len() > 1);
    assert!(homes.is_empty(), "{homes:?}");
}

#[test]
fn every_disputed_name_is_documented_with_its_evidence() {
    let page = include_str!("../catalog/DISPUTED.md");
    for (name, value, _) in DISPUTED {
        assert!(page.contains(&format!("`{name}`")), "{name}");
        let number = page.contains(&value.to_string());
        assert!(number || page.contains(&format!("0x{value:08X}")), "{name}: {value:08X}");
    }
}
