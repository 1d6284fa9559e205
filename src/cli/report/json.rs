//! The JSON format: one object per line, one per code.

use std::io::{self, Write};

use super::Finding;
use crate::cli::terminal::json;

impl Finding<'_> {
    /// Writes a JSON object and a line feed. The bytes of the answer are the same for every
    /// occurrence of a code.
    pub(in crate::cli) fn write_json(
        &self,
        output: &mut Vec<u8>,
        path: &[u8],
        answer: &[u8],
    ) -> io::Result<()> {
        output.extend_from_slice(b"{\"path\":");
        output.extend_from_slice(path);
        for (name, number) in [
            (&b",\"line\":"[..], self.place.line),
            (b",\"column\":", self.place.column),
            (b",\"start\":", self.occurrence.start),
            (b",\"end\":", self.occurrence.end),
        ] {
            output.extend_from_slice(name);
            serde_json::to_writer(&mut *output, &number)?;
        }
        output.extend_from_slice(b",\"text\":");
        output.extend_from_slice(&json(&self.written())?);
        if self.occurrence.meaning.repeats {
            output.extend_from_slice(b",\"repeats\":true");
        }
        output.push(b',');
        output.extend_from_slice(&answer[1..]);
        output.write_all(b"\n")
    }
}
