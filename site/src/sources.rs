//! Parts of the repository's files that the guide includes: sections, code blocks, whole files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;

/// The repository.
pub(crate) struct Sources(PathBuf);

impl Sources {
    pub(crate) fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// The text of a file.
    pub(crate) fn text(&self, path: &str) -> Result<String, Error> {
        let path = self.0.join(path);
        fs::read_to_string(&path).map_err(|error| Error::io(&path, &error))
    }

    /// The bytes of a file.
    pub(crate) fn bytes(&self, path: &str) -> Result<Vec<u8>, Error> {
        let path = self.0.join(path);
        fs::read(&path).map_err(|error| Error::io(&path, &error))
    }

    /// A file as a code block.
    pub(crate) fn file(&self, path: &str, language: &str) -> Result<String, Error> {
        Ok(format!("```{language}\n{}\n```\n", self.text(path)?.trim_end()))
    }

    /// The section of a Markdown file under a heading, with the heading.
    pub(crate) fn section(&self, path: &str, heading: &str) -> Result<String, Error> {
        let text = self.text(path)?;
        let missing = || Error::new(format!("{path} has no heading \"{heading}\""));
        section(&text, heading).ok_or_else(missing)
    }

    /// A code block of such a section, counted from 1.
    pub(crate) fn fence(&self, path: &str, heading: &str, number: usize) -> Result<String, Error> {
        let section = self.section(path, heading)?;
        let missing = || Error::new(format!("{path}, \"{heading}\": no code block {number}"));
        fences(&section).into_iter().nth(number - 1).ok_or_else(missing)
    }
}

/// The level of a heading's line, and its text.
fn heading_of(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    (level > 0 && text.starts_with(' ')).then(|| (level, text.trim()))
}

fn section(text: &str, heading: &str) -> Option<String> {
    let mut section: Option<(usize, String)> = None;
    let mut in_code = false;
    for line in text.lines() {
        let found = if in_code { None } else { heading_of(line) };
        in_code ^= line.trim_start().starts_with("```");
        match (&mut section, found) {
            (Some((level, _)), Some((next, _))) if next <= *level => break,
            (Some((_, section)), _) => section.extend([line, "\n"]),
            (None, Some((level, title))) if title == heading => {
                section = Some((level, format!("{line}\n")));
            }
            (None, _) => {}
        }
    }
    section.map(|(_, section)| section)
}

/// The code blocks of a Markdown text, each with its indentation removed.
fn fences(text: &str) -> Vec<String> {
    let mut fences = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for line in text.lines() {
        let is_fence = line.trim_start().starts_with("```");
        let indent = line.len() - line.trim_start().len();
        open = match open {
            None if is_fence => Some((indent, format!("{}\n", line.trim_start()))),
            None => None,
            Some((indent, block)) => {
                let own = line.get(indent..).unwrap_or_default();
                let block = format!("{block}{own}\n");
                if is_fence {
                    fences.push(block);
                    None
                } else {
                    Some((indent, block))
                }
            }
        };
    }
    fences
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# A\nx\n## B\ny\n```sh\n# no heading\n```\n### C\nz\n## D\n1. e\n\n   ```\n   f\n     g\n   ```\n";

    #[test]
    fn a_section_ends_at_the_next_heading_of_its_level() {
        assert_eq!(section(TEXT, "B").unwrap(), "## B\ny\n```sh\n# no heading\n```\n### C\nz\n");
        assert_eq!(section(TEXT, "no heading"), None);
    }

    #[test]
    fn code_blocks_lose_their_indentation() {
        assert_eq!(fences(TEXT), ["```sh\n# no heading\n```\n", "```\nf\n  g\n```\n"]);
    }
}
