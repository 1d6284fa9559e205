//! Frames: bodies with their headers, as defined in LSP 3.17, "Base Protocol".

use std::io::{self, BufRead, Read, Write};

/// The longest header line that is read; longer ones are skipped.
const MAX_HEADER_LINE: usize = 8 * 1024;

/// The largest accepted body: a text of 500 MB, escaped.
const MAX_BODY: u64 = 1 << 30;

/// Long bodies get a block of at least this length. glibc retains up to twice the size of the
/// largest freed block, counting only blocks up to 32 MiB; with larger blocks, the memory of a
/// closed log returns to the system.
const LONG_BLOCK: u64 = 33 << 20;
const LONG_BODY: u64 = 1 << 20;

/// The next body. `None` at the end of the input; an inner error for an unusable header, after
/// which reading continues at the next header.
///
/// Headers are those of LSP 3.17, "Header Part", with names in any case; a bare `\n` also ends a
/// line.
pub(super) fn read_frame(input: &mut impl BufRead) -> io::Result<Option<Result<Vec<u8>, String>>> {
    let mut length = None;
    let mut any = false;
    loop {
        let Some(line) = read_line(input)? else { return Ok(None) };
        let line = line.trim_ascii();
        if line.is_empty() {
            match length {
                Some(length) => return read_body(input, length),
                None if any => return Ok(Some(Err("the header has no Content-Length".to_owned()))),
                // A blank line between frames is harmless.
                None => continue,
            }
        }
        any = true;
        // After a wrong length, the next header may follow the rest of a body on the same line.
        let Some(at) = find_content_length(line) else { continue };
        let digits = line[at..].trim_ascii();
        length = match std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()) {
            Some(length) if length <= MAX_BODY => Some(length),
            Some(length) => {
                return Ok(Some(Err(format!(
                    "a body of {length} bytes exceeds the limit of {MAX_BODY}"
                ))));
            }
            None => return Ok(Some(Err("Content-Length is not a number".to_owned()))),
        };
    }
}

/// Where the value of a `Content-Length` begins in a line.
fn find_content_length(line: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let at = line.windows(NAME.len()).rposition(|part| part.eq_ignore_ascii_case(NAME))?;
    Some(at + NAME.len())
}

fn read_body(input: &mut impl BufRead, length: u64) -> io::Result<Option<Result<Vec<u8>, String>>> {
    // A header alone uses no memory: pages are allocated only when written.
    let capacity = if length < LONG_BODY { length } else { length.clamp(LONG_BLOCK, 64 << 20) };
    let mut body = Vec::with_capacity(capacity as usize);
    let read = input.take(length).read_to_end(&mut body)?;
    Ok((read as u64 == length).then_some(Ok(body)))
}

/// One line without its line ending; of a line that is too long, only the end is kept.
fn read_line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    loop {
        let read = input.take(MAX_HEADER_LINE as u64).read_until(b'\n', &mut line)?;
        if read == 0 && line.is_empty() {
            return Ok(None);
        }
        if read == 0 || line.ends_with(b"\n") {
            return Ok(Some(line));
        }
        if line.len() > MAX_HEADER_LINE {
            line.drain(..line.len() - MAX_HEADER_LINE);
        }
    }
}

/// Writes a body with its header in a single write, which wakes the client once.
pub(super) fn write_frame(output: &mut impl Write, body: &[u8]) -> io::Result<()> {
    write!(output, "Content-Length: {}\r\n\r\n", body.len())?;
    output.write_all(body)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The body of each frame in `input`, or the reason for refusing it.
    fn frames(input: &[u8]) -> Vec<Result<String, String>> {
        let mut input = input;
        let mut found = Vec::new();
        while let Some(frame) = read_frame(&mut input).unwrap() {
            found.push(frame.map(|body| String::from_utf8(body).unwrap()));
        }
        found
    }

    #[test]
    fn frames_are_read_with_any_usual_header() {
        let input = b"Content-Length: 2\r\n\r\n{}content-length:2\r\nContent-Type: application/vscode-jsonrpc\r\n\r\n[]\r\n\r\nContent-Length: 1\n\n7";
        assert_eq!(frames(input), [Ok("{}".into()), Ok("[]".into()), Ok("7".into())]);
    }

    #[test]
    fn an_unusable_header_gives_one_error() {
        let input = b"Content-Length: ten\r\n\r\nContent-Length: 10000000000000\r\n\r\nX-Other: 1\r\n\r\nContent-Length: 2\r\n\r\n{}";
        let found = frames(input);
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!(found[3], Ok("{}".into()));
    }

    #[test]
    fn after_a_short_length_the_next_header_is_found_in_the_rest() {
        let input = b"Content-Length: 3\r\n\r\n{\"a\":1}Content-Length: 2\r\n\r\n{}";
        assert_eq!(frames(input), [Ok("{\"a".into()), Ok("{}".into())]);
    }

    #[test]
    fn a_huge_header_line_takes_little_memory_and_is_skipped() {
        let mut input = vec![b'x'; 4 << 20];
        input.extend_from_slice(b"\r\n\r\nContent-Length: 2\r\n\r\n{}");
        assert_eq!(frames(&input).last(), Some(&Ok("{}".into())));
    }

    #[test]
    fn what_is_written_can_be_read() {
        let mut output = Vec::new();
        for body in ["{}", "", "\u{e9}"] {
            write_frame(&mut output, body.as_bytes()).unwrap();
        }
        assert_eq!(frames(&output), [Ok("{}".into()), Ok(String::new()), Ok("\u{e9}".into())]);
    }

    #[test]
    fn a_body_that_never_comes_is_the_end() {
        assert_eq!(frames(b"Content-Length: 900000000\r\n\r\n{"), []);
    }
}
