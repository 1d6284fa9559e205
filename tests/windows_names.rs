//! The built-in catalog's names of Windows against headers that it was not made from: those of
//! mingw-w64, whose names and values `catalog/import` wrote into the fixture.

use std::collections::BTreeMap;

use hexplain::Catalog;

/// Names to which the headers give another value, with that value and why ours stays.
const DISPUTED: &[(&str, u32, &str)] = &[
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

fn headers() -> BTreeMap<&'static str, u32> {
    let lines = include_str!("fixtures/mingw-errors.tsv").lines();
    lines
        .map(|line| {
            let (name, hex) = line.split_once('\t').unwrap();
            (name, u32::from_str_radix(hex, 16).unwrap())
        })
        .collect()
}

/// Equal, or the one the other's `HRESULT_FROM_WIN32`.
fn same(a: u32, b: u32) -> bool {
    let wraps = |hresult: u32, number: u32| number <= 0xFFFF && hresult == 0x8007_0000 | number;
    a == b || wraps(a, b) || wraps(b, a)
}

#[test]
fn every_name_has_the_value_that_independent_headers_give_it() {
    let catalog = Catalog::builtin();
    let mut disputed: BTreeMap<&str, u32> =
        DISPUTED.iter().map(|(name, value, _)| (*name, *value)).collect();
    let (mut agree, mut wrong) = (0, Vec::new());
    let headers = headers();
    for entry in catalog.entries() {
        let Some(&theirs) = headers.get(entry.name()) else { continue };
        let number = entry.number().map(|number| number as u32);
        let ours: Vec<u32> =
            number.into_iter().chain(catalog.code_of(&entry).map(|c| c.0)).collect();
        if ours.iter().any(|&ours| same(ours, theirs)) {
            agree += 1;
        } else if disputed.remove(entry.name()) != Some(theirs) {
            wrong.push(format!("{}: {ours:08X?}, in the headers {theirs:08X}", entry.name()));
        }
    }
    assert!(wrong.is_empty(), "decide these in DISPUTED, or correct them:\n{}", wrong.join("\n"));
    assert!(disputed.is_empty(), "no longer disputed: {disputed:?}");
    assert!(agree >= 10_000, "only {agree} names were compared");
}

#[test]
fn a_name_of_windows_stands_in_one_family() {
    let catalog = Catalog::builtin();
    let mut homes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let headers = headers();
    for entry in catalog.entries().filter(|entry| headers.contains_key(entry.name())) {
        homes.entry(entry.name()).or_default().push(catalog.family(entry.family()).id());
    }
    homes.retain(|_, families| families.len() > 1);
    assert!(homes.is_empty(), "{homes:?}");
}
