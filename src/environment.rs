//! Paths as settings and the catalog write them for every device: `%APPDATA%\hexplain`,
//! `~/Library/Logs`.

use std::env;

/// The path with the values of environment variables for `%NAME%`, and with the home folder for a
/// `~` at its beginning. `None` if one of them is not set.
pub(crate) fn expand(path: &str) -> Option<String> {
    expand_with(path, variable)
}

/// The value of an environment variable, or the home folder for `~`.
pub(crate) fn variable(name: &str) -> Option<String> {
    let value = match name {
        "~" => env::home_dir()?.into_os_string(),
        name => env::var_os(name)?,
    };
    value.into_string().ok().filter(|value| !value.is_empty())
}

/// [`expand`] with the values that `variable` gives.
pub(crate) fn expand_with(path: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let (mut expanded, mut rest) = (String::with_capacity(path.len()), path);
    if let Some(below) = path.strip_prefix('~')
        && (below.is_empty() || below.starts_with(['/', '\\']))
    {
        expanded.push_str(&variable("~")?);
        rest = below;
    }
    while let Some((before, after)) = rest.split_once('%') {
        expanded.push_str(before);
        match after.split_once('%') {
            Some((name, after)) if is_name(name) => {
                expanded.push_str(&variable(name)?);
                rest = after;
            }
            // A file name may contain a percent sign.
            _ => {
                expanded.push('%');
                rest = after;
            }
        }
    }
    expanded.push_str(rest);
    Some(expanded)
}

/// Whether an environment variable may have this name: `ProgramFiles(x86)` is one.
fn is_name(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '(' | ')');
    !name.is_empty() && name.chars().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_the_home_folder_are_expanded() {
        let variable = |name: &str| match name {
            "APPDATA" => Some(r"C:\Users\é\AppData\Roaming".to_owned()),
            "ProgramFiles(x86)" => Some(r"C:\Program Files (x86)".to_owned()),
            "~" => Some("/home/é".to_owned()),
            _ => None,
        };
        for (path, expanded) in [
            (
                r"%APPDATA%\hexplain\team.toml",
                Some(r"C:\Users\é\AppData\Roaming\hexplain\team.toml"),
            ),
            (r"%ProgramFiles(x86)%\x", Some(r"C:\Program Files (x86)\x")),
            ("~/team.toml", Some("/home/é/team.toml")),
            (r"~\team.toml", Some(r"/home/é\team.toml")),
            ("~", Some("/home/é")),
            ("~root/x", Some("~root/x")),
            ("/a/~/x", Some("/a/~/x")),
            ("/a/100%/50%", Some("/a/100%/50%")),
            ("/a%20b/%", Some("/a%20b/%")),
            ("%%", Some("%%")),
            ("%NOWHERE%/x", None),
        ] {
            assert_eq!(expand_with(path, variable).as_deref(), expanded, "{path}");
        }
    }
}
