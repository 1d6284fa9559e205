//! The constants of the crates `windows-sys` and `windows`, read from their sources.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use serde::Deserialize;

use crate::{Fact, Failure, Source};

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    manifest_path: PathBuf,
}

/// The crates, in reading order: if two names have the same value, the first one gets the entry.
const CRATES: [&str; 2] = ["windows-sys", "windows"];

/// All numeric constants of both crates, and the versions of the crates.
pub fn read(manifest: &Path) -> Result<(Vec<Fact>, Vec<String>), Failure> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--manifest-path"])
        .arg(manifest)
        .output()?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    let (mut facts, mut versions) = (Vec::new(), Vec::new());
    for name in CRATES {
        let package = metadata
            .packages
            .iter()
            .find(|package| package.name == name)
            .ok_or_else(|| format!("{name} is not a dependency of {}", manifest.display()))?;
        let source = package.manifest_path.with_file_name("src");
        let first = facts.len();
        module(&source, "", &mut facts)?;
        // General names come before those of a single component.
        facts[first..].sort_by_key(|fact: &Fact| !fact.place.ends_with("::Foundation"));
        versions.push(format!("{name} {}", package.version));
    }
    Ok((facts, versions))
}

fn module(folder: &Path, path: &str, into: &mut Vec<Fact>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            let inner = if path.is_empty() { name } else { format!("{path}::{name}") };
            module(&entry.path(), &inner, into)?;
        } else if entry.path().extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(entry.path())?;
            into.extend(text.lines().filter_map(|line| constant(line, path)));
        }
    }
    Ok(())
}

/// `pub const NAME: Type = 1u32;`, with or without the type around the number.
fn constant(line: &str, module: &str) -> Option<Fact> {
    let (name, rest) = line.trim_start().strip_prefix("pub const ")?.split_once(": ")?;
    let (kind, value) = rest.strip_suffix(';')?.split_once(" = ")?;
    let kind = kind.rsplit("::").next()?;
    let inner = value.strip_suffix(')').and_then(|value| value.split_once('('));
    Some(Fact {
        name: name.to_owned(),
        value: number(inner.map_or(value, |(_, inner)| inner))?,
        source: Source::Crates,
        place: module.strip_prefix("Windows::Win32::").unwrap_or(module).to_owned(),
        kind: kind.to_owned(),
    })
}

/// `0x80004005_u32 as _`, `-2147217405i32`, `15705u32`.
fn number(text: &str) -> Option<u32> {
    let text = text.strip_suffix(" as _").unwrap_or(text);
    let text = ["u32", "i32", "u16", "i16", "u64", "i64", "u8", "i8"]
        .iter()
        .find_map(|suffix| text.strip_suffix(suffix))
        .unwrap_or(text)
        .trim_end_matches('_');
    let value = match text.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16).ok()?,
        None => text.parse().ok()?,
    };
    u32::try_from(value).ok().or_else(|| i32::try_from(value).ok().map(i32::cast_unsigned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(String, u32, String)> {
        constant(line, "Windows::Win32::Foundation").map(|fact| {
            assert_eq!(fact.place, "Foundation");
            (fact.name, fact.value, fact.kind)
        })
    }

    #[test]
    fn the_ways_in_which_the_crates_write_a_constant() {
        for (line, value, kind) in [
            (
                "pub const N: windows_sys::core::HRESULT = 0x80004005_u32 as _;",
                0x8000_4005,
                "HRESULT",
            ),
            (
                "pub const N: windows_core::HRESULT = windows_core::HRESULT(0x80004005_u32 as _);",
                0x8000_4005,
                "HRESULT",
            ),
            ("pub const N: WIN32_ERROR = 5u32;", 5, "WIN32_ERROR"),
            ("    pub const N: WIN32_ERROR = WIN32_ERROR(5u32);", 5, "WIN32_ERROR"),
            (
                "pub const N: super::super::Foundation::NTSTATUS = 0xC0000072_u32 as _;",
                0xC000_0072,
                "NTSTATUS",
            ),
            ("pub const N: WBEMSTATUS = -2147217405i32;", 0x8004_1003, "WBEMSTATUS"),
        ] {
            assert_eq!(read(line), Some(("N".to_owned(), value, kind.to_owned())), "{line}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_left_out() {
        for line in [
            "pub const N: windows_sys::core::PCWSTR = windows_sys::core::w!(\"x\");",
            "pub const N: GUID = GUID::from_u128(0x4657278a_411b_11d2_839a_00c04fd918d0);",
            "pub const N: u64 = 18446744073709551615u64;",
            "const N: u32 = 1u32;",
            "pub fn n() -> u32 { 1 }",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
