//! Which family a name belongs to: the rules of `families.toml`.

use std::fmt;
use std::ops::RangeInclusive;

use globset::GlobMatcher;
use serde::Deserialize;
use serde::de::{self, Deserializer};

use crate::{Fact, Source};

/// The content of `families.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Headers that define errors and little else.
    pub headers: ErrorHeaders,
    /// Names that are not errors, or are synonyms of other names.
    #[serde(default)]
    pub skip: Vec<Skip>,
    /// The families; a name belongs to the first one that takes it.
    pub family: Vec<Family>,
}

/// What goes into the fixture from the headers, besides the names that the catalog could have.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorHeaders {
    /// Headers, in order of precedence over each other and all others if values differ.
    pub errors: Vec<String>,
    /// Names in them that are not errors.
    pub except: Vec<Glob>,
}

/// Names to leave out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// The reason.
    pub reason: String,
    /// The names.
    pub take: Vec<Take>,
}

/// One family's rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// The family's id, as in its file.
    pub id: String,
    /// The path of its file below `catalog/`.
    pub file: String,
    /// Whether entries are identified by `number`, not by `code`.
    #[serde(default)]
    pub numbers: bool,
    /// Whether the top two bits are an NTSTATUS's severity.
    #[serde(default)]
    pub ntstatus: bool,
    /// Names that are warnings, whatever their bits say.
    #[serde(default)]
    pub warnings: Vec<Glob>,
    /// What it takes: a constant that meets any of these.
    pub take: Vec<Take>,
}

/// Conditions on a constant; all given ones must hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Take {
    /// Its source; the crates if not given.
    #[serde(default)]
    pub from: Source,
    /// The module without `Windows::Win32::`, the header, or the published list.
    #[serde(default, rename = "in")]
    pub places: Vec<Glob>,
    /// The constant's type.
    #[serde(default)]
    pub types: Vec<String>,
    /// The constant's name.
    #[serde(default)]
    pub names: Vec<Glob>,
    /// Names to leave out.
    #[serde(default)]
    pub except: Vec<Glob>,
    /// Its value.
    #[serde(default)]
    pub codes: Vec<Codes>,
}

impl Take {
    /// Whether all conditions hold.
    pub fn takes(&self, fact: &Fact) -> bool {
        let any = |globs: &[Glob], text: &str| globs.iter().any(|glob| glob.matches(text));
        self.from == fact.source
            && (self.places.is_empty() || any(&self.places, &fact.place))
            && (self.types.is_empty() || self.types.contains(&fact.kind))
            && (self.names.is_empty() || any(&self.names, &fact.name))
            && !any(&self.except, &fact.name)
            && (self.codes.is_empty()
                || self.codes.iter().any(|codes| codes.0.contains(&fact.value)))
    }
}

impl Rules {
    /// The family that takes a constant, if any; the error is the reason for leaving it out.
    pub fn family(&self, fact: &Fact) -> Result<Option<&Family>, &str> {
        let takes = |take: &[Take]| take.iter().any(|take| take.takes(fact));
        if let Some(skip) = self.skip.iter().find(|skip| takes(&skip.take)) {
            return Err(&skip.reason);
        }
        Ok(self.family.iter().find(|family| family.takes(fact)))
    }
}

impl Family {
    /// Whether one of the family's rules takes a constant.
    pub fn takes(&self, fact: &Fact) -> bool {
        self.take.iter().any(|take| take.takes(fact))
    }

    /// The severity of a code, from its bits and from naming conventions.
    pub fn severity(&self, fact: &Fact) -> &'static str {
        let says = |part: &str| fact.name.contains(part);
        if self.warnings.iter().any(|glob| glob.matches(&fact.name)) {
            return "warning";
        }
        match (self.numbers, self.ntstatus, fact.value >> 30) {
            (true, ..) => {
                if fact.name.starts_with("ERROR_SUCCESS") || fact.name.ends_with("_SUCCESS") {
                    "success"
                } else {
                    "error"
                }
            }
            (_, true, 3) | (_, false, 2 | 3) => "error",
            (_, true, 2) => "warning",
            (_, true, 1) => "information",
            _ if says("_W_") || says("_WARNING_") => "warning",
            _ if says("_I_") || says("PENDING") || says("_INFORMATION_") => "information",
            _ => "success",
        }
    }
}

/// A name with at most one `*`, which matches any characters.
#[derive(Clone, Debug)]
pub struct Glob(GlobMatcher);

impl Glob {
    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl<'de> Deserialize<'de> for Glob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.matches('*').count() > 1 {
            return Err(de::Error::custom(format!("`{text}` has more than one `*`")));
        }
        let glob = globset::Glob::new(&text).map_err(de::Error::custom)?;
        Ok(Self(glob.compile_matcher()))
    }
}

/// `"0x8024"` for 0x80240000 to 0x8024FFFF, or `"12000..=12999"`, or `"0x80041000..=0x80044FFF"`.
#[derive(Clone, Debug)]
pub struct Codes(RangeInclusive<u32>);

impl Codes {
    fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| match text.strip_prefix("0x") {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => text.parse().ok(),
        };
        if let Some((first, last)) = text.split_once("..=") {
            return Some(Self(number(first)?..=number(last)?));
        }
        let high = number(text)?;
        (text.len() == 6 && text.starts_with("0x"))
            .then_some(Self(high << 16..=high << 16 | 0xFFFF))
    }
}

impl<'de> Deserialize<'de> for Codes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(format!("`{text}` is neither `0x8024` nor a range `first..=last`"))
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Crates => "crates",
            Self::Published => "published",
            Self::Headers => "headers",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(name: &str, value: u32, place: &str, kind: &str) -> Fact {
        Fact {
            name: name.to_owned(),
            value,
            source: Source::Crates,
            place: place.to_owned(),
            kind: kind.to_owned(),
        }
    }

    const RULES: &str = r#"
        [headers]
        errors = []
        except = []
        [[skip]]
        reason = "the end of a range"
        take = [{ names = ["*_LAST"] }]
        [[family]]
        id = "update"
        file = "update.toml"
        take = [{ types = ["HRESULT"], codes = ["0x8024", "0x0024"] }]
        [[family]]
        id = "hresult"
        file = "hresult.toml"
        warnings = ["NS_W_*"]
        take = [{ types = ["HRESULT"] }, { in = ["System::Iis"], names = ["MD_*"], except = ["MD_X"] }]
        [[family]]
        id = "ntstatus"
        file = "ntstatus.toml"
        ntstatus = true
        take = [{ types = ["NTSTATUS"] }]
        [[family]]
        id = "win32"
        file = "win32.toml"
        numbers = true
        take = [{ types = ["WIN32_ERROR"] }]
    "#;

    #[test]
    fn the_first_family_that_takes_a_name_has_it() {
        let rules: Rules = toml::from_str(RULES).unwrap();
        let family = |name, value, place, kind| {
            let fact = fact(name, value, place, kind);
            rules.family(&fact).map(|family| family.map(|f| f.id.clone())).map_err(str::to_owned)
        };
        let is = |id: &str| Ok(Some(id.to_owned()));
        assert_eq!(family("WU_E_X", 0x8024_0001, "UpdateAgent", "HRESULT"), is("update"));
        assert_eq!(family("E_X", 0x8025_0001, "UpdateAgent", "HRESULT"), is("hresult"));
        assert_eq!(family("MD_A", 0x8007_0001, "System::Iis", "i32"), is("hresult"));
        assert_eq!(family("MD_X", 0x8007_0001, "System::Iis", "i32"), Ok(None));
        assert_eq!(family("MD_A", 0x8007_0001, "System::Iis2", "i32"), Ok(None));
        let reason = Err("the end of a range".to_owned());
        assert_eq!(family("WU_E_LAST", 0x8024_0001, "UpdateAgent", "HRESULT"), reason);
    }

    #[test]
    fn bits_and_names_give_a_severity() {
        let rules: Rules = toml::from_str(RULES).unwrap();
        for (family, name, value, severity) in [
            (0, "WU_E_X", 0x8024_0001, "error"),
            (0, "WU_S_X", 0x0024_0001, "success"),
            (0, "WU_S_UH_INSTALLSTILLPENDING", 0x0024_2015, "information"),
            (1, "SEC_I_X", 0x0009_0312, "information"),
            (1, "NS_W_X", 0x800D_0003, "warning"),
            (1, "SCARD_W_X", 0x8010_0066, "error"),
            (1, "FDAEMON_W_X", 0x0004_1680, "warning"),
            (3, "ERROR_SUCCESS_REBOOT_REQUIRED", 3010, "success"),
            (3, "ERROR_CLOUD_FILE_UNSUCCESSFUL", 377, "error"),
            (2, "STATUS_X", 0x8000_0005, "warning"),
            (2, "STATUS_X", 0x4000_0000, "information"),
            (2, "STATUS_X", 0xC000_0005, "error"),
        ] {
            let fact = fact(name, value, "", "");
            assert_eq!(rules.family[family].severity(&fact), severity, "{name}");
        }
    }

    #[test]
    fn a_mistake_in_a_rule_is_reported() {
        assert!(Codes::parse("0x80240001").is_none());
        assert!(Codes::parse("8024").is_none());
        assert!(Codes::parse("0x80..=x").is_none());
        assert!(toml::from_str::<Take>("names = [\"A*B*\"]").is_err());
        assert!(toml::from_str::<Take>("names = [\"A[\"]").is_err());
        assert!(toml::from_str::<Take>("name = [\"A\"]").is_err());
    }
}
