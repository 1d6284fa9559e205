//! Signs: words near a number that are evidence for a family, as written in catalog files.

/// A sign, split at what an automaton for literals can't match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sign {
    /// The text up to the first `#`, in lower case.
    pub(crate) literal: String,
    /// The text from there on, in which `#` matches a digit and anything else itself.
    pub(crate) rest: String,
    /// Whether no letter or digit may directly precede it.
    pub(crate) begins_word: bool,
    /// Whether no letter or digit may directly follow it.
    pub(crate) ends_word: bool,
    /// Whether no lower-case letter may directly follow it: `Sec*` is in `SecItemAdd`, not in
    /// `Second`.
    ends_part: bool,
}

/// The longest sign, in bytes: this much is searched again where a search continues.
pub(crate) const LONGEST_SIGN: usize = 64;

impl Sign {
    /// Reads a sign: `Kerberos` is a whole word, `KRB*` the start of one, `*Win32Exception` the
    /// end of one; `#` matches a digit. Case is ignored, except that a capitalized start ends with
    /// a part of a word: `Sec*` matches `SecItemAdd`, but not `Second`.
    ///
    /// # Errors
    /// A description of what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let inner = text.strip_prefix('*').unwrap_or(text);
        let begins_word = inner.len() == text.len();
        let core = inner.strip_suffix('*').unwrap_or(inner);
        let ends_word = core.len() == inner.len();
        let (literal, rest) = core.split_at(core.find('#').unwrap_or(core.len()));
        if literal.len() < 2 {
            return Err(format!("the sign `{text}` must begin with at least two characters"));
        }
        if core.len() > LONGEST_SIGN {
            return Err(format!(
                "the sign `{text}` has {} bytes; at most {LONGEST_SIGN} are allowed",
                core.len()
            ));
        }
        let is_word = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        Ok(Self {
            begins_word: begins_word && is_word(core.bytes().next()),
            ends_word: ends_word && is_word(core.bytes().next_back().map(digit_for_mark)),
            ends_part: !ends_word
                && core.starts_with(|first: char| first.is_ascii_uppercase())
                && core.ends_with(|last: char| last.is_ascii_lowercase()),
            literal: literal.to_ascii_lowercase(),
            rest: rest.to_ascii_lowercase(),
        })
    }

    /// Where the sign whose literal is at `start..end` ends; `None` if the sign does not match.
    pub(crate) fn end_in(&self, text: &[u8], start: usize, end: usize) -> Option<usize> {
        let rest = text.get(end..end + self.rest.len())?;
        let fits = self.rest.bytes().zip(rest).all(|(wanted, byte)| match wanted {
            b'#' => byte.is_ascii_digit(),
            wanted => wanted == byte.to_ascii_lowercase(),
        });
        let end = end + self.rest.len();
        let byte = |at: Option<usize>| at.and_then(|at| text.get(at)).copied();
        let goes_on = |byte: u8| byte.is_ascii_alphanumeric();
        // `fern_open()` is a different function from `open()`.
        let goes_on_before = self.begins_word
            && byte(start.checked_sub(1)).is_some_and(|byte| goes_on(byte) || byte == b'_');
        let goes_on_after = self.ends_word && byte(Some(end)).is_some_and(goes_on)
            || self.ends_part && byte(Some(end)).is_some_and(|byte| byte.is_ascii_lowercase());
        let apart = !goes_on_before && !goes_on_after;
        (fits && apart).then_some(end)
    }
}

fn digit_for_mark(byte: u8) -> u8 {
    if byte == b'#' { b'0' } else { byte }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks that the sign matches exactly the part of `text` between the bars, if any.
    #[track_caller]
    fn check(sign: &str, marked: &str) {
        let text = marked.replace('¦', "");
        let parsed = Sign::parse(sign).unwrap();
        let lower = text.to_ascii_lowercase();
        let found = lower.match_indices(&parsed.literal).find_map(|(start, literal)| {
            let end = parsed.end_in(text.as_bytes(), start, start + literal.len())?;
            Some(format!("{}¦{}¦{}", &text[..start], &text[start..end], &text[end..]))
        });
        assert_eq!(found.unwrap_or(text), marked, "{sign}");
    }

    #[test]
    fn a_sign_is_a_whole_word() {
        check("Kerberos", "the ¦kerberos¦ client");
        check("Kerberos", "Kerberoses");
        check("Kerberos", "xKerberos");
        check("HKLM\\", "in ¦HKLM\\¦Software");
    }

    #[test]
    fn a_star_lets_the_word_continue() {
        check("CreateFile*", "¦CreateFile¦W failed");
        check("*Win32Exception", "System.My¦Win32Exception¦: x");
        check("*Win32Exception", "Win32Exceptions");
    }

    #[test]
    fn a_mark_is_a_digit() {
        check("KB#######", "install ¦KB5031234¦ now");
        check("KB#######", "install KB503123 now");
        check("KB#*", "install ¦KB5¦031234 now");
    }

    #[test]
    fn a_sign_that_says_nothing_is_refused() {
        for sign in ["", "*", "#", "x", "x#", "*x*"] {
            assert!(Sign::parse(sign).is_err(), "{sign}");
        }
    }
}
