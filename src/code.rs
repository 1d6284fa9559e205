//! A 32-bit code: reading and printing its notations, and the anatomy of an HRESULT or NTSTATUS.

use std::fmt;

/// A 32-bit value, independent of the notation it was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub u32);

impl Code {
    /// The value as a signed decimal, as printed by .NET and Graph.
    #[must_use]
    pub fn signed(self) -> i32 {
        self.0 as i32
    }

    /// The value as an unsigned decimal, as exit codes are printed.
    #[must_use]
    pub fn unsigned(self) -> u32 {
        self.0
    }

    /// Whether the failure bit of an HRESULT (bit 31) is set.
    #[must_use]
    pub fn is_failure(self) -> bool {
        self.0 >> 31 == 1
    }

    /// Reads a single code: hex with or without prefix, sign-extended hex, signed or unsigned
    /// decimal, with any of the minus signs that documents use. `None` for anything else.
    ///
    /// Eight digits without a prefix are hex if one of them is a letter or the first is `0` or `8`,
    /// as in the scanner: `80070005` is hex, `10000001` a decimal.
    ///
    /// ```
    /// use hexplain::Code;
    /// assert_eq!(Code::parse("0x87D1FDE8"), Some(Code(0x87D1_FDE8)));
    /// assert_eq!(Code::parse("−2016281112"), Some(Code(0x87D1_FDE8)));
    /// assert_eq!(Code::parse("2278686184"), Some(Code(0x87D1_FDE8)));
    /// assert_eq!(Code::parse("0xFFFFFFFF80070005"), Some(Code(0x8007_0005)));
    /// assert_eq!(Code::parse("0x87D1FDE80"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        if let Some(digits) = lower.strip_prefix("0x") {
            return Self::from_hex(digits);
        }
        if let Some(digits) = strip_minus(text) {
            let value = all_digits(digits)?.parse::<i64>().ok()?;
            return i32::try_from(-value).ok().map(|signed| Self(signed as u32));
        }
        let is_decimal = matches!(lower.as_bytes(), [b'1'..=b'7' | b'9', ..])
            && lower.bytes().all(|b| b.is_ascii_digit());
        if lower.len() == 8 && !is_decimal && lower.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Self::from_hex(&lower);
        }
        all_digits(&lower)?.parse().ok().map(Self)
    }

    /// Whether a token without prefix is hex: eight digits with a letter among them, or starting
    /// with the 0 of a small code or the 8 of a failure. Any other digits are a decimal.
    pub(crate) fn is_bare_hex(token: &[u8]) -> bool {
        token.len() == 8
            && token.iter().all(u8::is_ascii_hexdigit)
            && (matches!(token[0], b'0' | b'8') || token.iter().any(u8::is_ascii_alphabetic))
    }

    /// Reads hex digits without their prefix: up to eight, or sixteen that are sign-extended.
    pub(crate) fn from_hex(digits: &str) -> Option<Self> {
        if digits.len() > 16 {
            return None;
        }
        let add = |value: u64, digit: char| Some(value << 4 | u64::from(digit.to_digit(16)?));
        let value = digits.chars().try_fold(0, add)?;
        match digits.len() {
            1..=8 => Some(Self(value as u32)),
            16 if value >= 0xFFFF_FFFF_8000_0000 => Some(Self(value as u32)),
            _ => None,
        }
    }

    /// What the bits mean according to [MS-ERREF] 2.1 (HRESULT) and 2.3 (NTSTATUS); `None` if the
    /// value has the shape of neither failure.
    #[must_use]
    pub fn anatomy(self) -> Option<Anatomy> {
        let (shape, facility_mask) = match self.0 >> 28 {
            0x8 | 0xA => (Shape::Hresult, 0x7FF),
            0xC | 0xE => (Shape::Ntstatus, 0xFFF),
            0x9 | 0xB | 0xD | 0xF => (Shape::NtstatusInHresult, 0xFFF),
            _ => return None,
        };
        let facility = (self.0 >> 16 & facility_mask) as u16;
        let customer = self.0 >> 29 & 1 == 1;
        // Bit 27 of an HRESULT is reserved, and no NTSTATUS facility is that high: such a value
        // has a different layout.
        let is_plausible = match shape {
            Shape::Hresult => self.0 >> 27 & 1 == 0,
            Shape::Ntstatus | Shape::NtstatusInHresult => facility < 0x200,
        };
        if !is_plausible {
            return None;
        }
        Some(Anatomy { shape, facility, customer, code: self.0 as u16 })
    }
}

impl fmt::Display for Code {
    /// The canonical form: upper-case hex, eight digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:08X}", self.0)
    }
}

/// The text after a minus sign: ASCII, U+2212 or an en dash, which word processors use.
pub(crate) fn strip_minus(text: &str) -> Option<&str> {
    text.strip_prefix(['-', '\u{2212}', '\u{2013}'])
}

fn all_digits(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
}

/// Which of the two layouts the bits follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Bit 31 is the failure bit, bits 26 to 16 are the facility.
    Hresult,
    /// Bits 31 and 30 mean error, bits 27 to 16 are the facility.
    Ntstatus,
    /// An NTSTATUS with bit 28 set by `HRESULT_FROM_NT`.
    NtstatusInHresult,
}

impl Shape {
    /// The type's name, as in headers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hresult => "HRESULT",
            Self::Ntstatus => "NTSTATUS",
            Self::NtstatusInHresult => "NTSTATUS (HRESULT_FROM_NT)",
        }
    }
}

/// The fields of a failure code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anatomy {
    /// The layout.
    pub shape: Shape,
    /// The component that the code comes from.
    pub facility: u16,
    /// Whether the customer bit (29) marks the code as not Microsoft's.
    pub customer: bool,
    /// The low 16 bits.
    pub code: u16,
}

impl Anatomy {
    /// The facility's name without `FACILITY_`, if [MS-ERREF] 2.1 or winerror.h has one.
    #[must_use]
    pub fn facility_name(&self) -> Option<&'static str> {
        if self.shape != Shape::Hresult {
            return None;
        }
        FACILITIES
            .binary_search_by_key(&self.facility, |&(number, _)| number)
            .ok()
            .map(|i| FACILITIES[i].1)
    }
}

/// The facilities of an HRESULT: [MS-ERREF] 2.1, and winerror.h for the later ones.
const FACILITIES: &[(u16, &str)] = &[
    (0, "NULL"),
    (1, "RPC"),
    (2, "DISPATCH"),
    (3, "STORAGE"),
    (4, "ITF"),
    (7, "WIN32"),
    (8, "WINDOWS"),
    (9, "SECURITY"),
    (10, "CONTROL"),
    (11, "CERT"),
    (12, "INTERNET"),
    (13, "MEDIASERVER"),
    (14, "MSMQ"),
    (15, "SETUPAPI"),
    (16, "SCARD"),
    (17, "COMPLUS"),
    (18, "AAF"),
    (19, "URT"),
    (20, "ACS"),
    (21, "DPLAY"),
    (22, "UMI"),
    (23, "SXS"),
    (24, "WINDOWS_CE"),
    (25, "HTTP"),
    (26, "USERMODE_COMMONLOG"),
    (31, "USERMODE_FILTER_MANAGER"),
    (32, "BACKGROUNDCOPY"),
    (33, "CONFIGURATION"),
    (34, "STATE_MANAGEMENT"),
    (35, "METADIRECTORY"),
    (36, "WINDOWSUPDATE"),
    (37, "DIRECTORYSERVICE"),
    (38, "GRAPHICS"),
    (39, "SHELL"),
    (40, "TPM_SERVICES"),
    (41, "TPM_SOFTWARE"),
    (48, "PLA"),
    (49, "FVE"),
    (50, "FWP"),
    (51, "WINRM"),
    (52, "NDIS"),
    (53, "USERMODE_HYPERVISOR"),
    (54, "CMI"),
    (55, "USERMODE_VIRTUALIZATION"),
    (56, "USERMODE_VOLMGR"),
    (57, "BCD"),
    (58, "USERMODE_VHD"),
    (60, "SDIAG"),
    (61, "WEBSERVICES"),
    (80, "WINDOWS_DEFENDER"),
    (81, "OPC"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_of_one_code_is_the_same_code() {
        for text in [
            "0x87D1FDE8",
            "0X87d1fde8",
            "87D1FDE8",
            "-2016281112",
            "\u{2212}2016281112",
            "\u{2013}2016281112",
            "2278686184",
            "0xFFFFFFFF87D1FDE8",
            "  0x87D1FDE8 ",
        ] {
            assert_eq!(Code::parse(text), Some(Code(0x87D1_FDE8)), "{text}");
        }
    }

    #[test]
    fn eight_digits_are_hex_where_a_code_begins_so_and_decimal_otherwise() {
        for (text, code) in [
            ("80070005", 0x8007_0005),
            ("00000005", 5),
            ("0000000A", 10),
            ("1000000A", 0x1000_000A),
            ("10000001", 10_000_001),
            ("99999999", 99_999_999),
            ("800700050", 800_700_050),
            ("8007000", 8_007_000),
        ] {
            assert_eq!(Code::parse(text), Some(Code(code)), "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_into_32_bits_is_not_a_code() {
        for text in [
            "",
            "-",
            "0x",
            "0x123456789",
            "4294967296",
            "-2147483649",
            "0x00000001FFFFFFFF",
            "12a",
            "--5",
        ] {
            assert_eq!(Code::parse(text), None, "{text}");
        }
    }

    #[test]
    fn prints_hex_signed_and_unsigned() {
        let code = Code(0x87D1_FDE8);
        assert_eq!(code.to_string(), "0x87D1FDE8");
        assert_eq!(code.signed(), -2_016_281_112);
        assert_eq!(code.unsigned(), 2_278_686_184);
    }

    #[test]
    fn the_anatomy_has_facility_and_code() {
        let access_denied = Code(0x8007_0005).anatomy().unwrap();
        assert_eq!((access_denied.facility_name(), access_denied.code), (Some("WIN32"), 5));
        let access_violation = Code(0xC000_0005).anatomy().unwrap();
        assert_eq!(access_violation.shape, Shape::Ntstatus);
        assert_eq!(Code(0xD000_0005).anatomy().unwrap().shape, Shape::NtstatusInHresult);
        assert_eq!(Code(5).anatomy(), None);
    }

    #[test]
    fn the_facilities_are_sorted() {
        assert!(FACILITIES.is_sorted_by_key(|f| f.0));
    }
}
