//! Generated logs: the same size always gives the same text.

#![allow(dead_code, reason = "each benchmark uses only some of the texts")]

use std::fmt::Write as _;

/// The codes of the log in their notations, used in turn.
const CODES: [&str; 8] = [
    "failed with error 0x87D1FDE8",
    "returned -2016281112",
    "exit code 1603",
    "hr=0x80070005",
    "SyncML(404) for ./Device/Vendor/MSFT/Policy",
    "unsigned 2278686184 reported",
    "[80248007] while searching",
    "HRESULT=0x80240022 (..\\agent.cpp,2665)",
];

/// The common log, of about `bytes` bytes: `CMTrace` format, CRLF, a code on every fourth line in
/// mixed notations, among the many numbers that real logs contain.
pub(crate) fn cmtrace(bytes: usize) -> String {
    with_codes(bytes, 4)
}

/// The common log, with a code on every line.
pub(crate) fn code_on_every_line(bytes: usize) -> String {
    with_codes(bytes, 1)
}

fn with_codes(bytes: usize, every: usize) -> String {
    let mut text = String::with_capacity(bytes + 512);
    let mut line = 0_usize;
    while text.len() < bytes {
        let (second, milli) = (line / 40, line * 25 % 1000);
        let (h, m, s) = (second / 3600 % 24, second / 60 % 60, second % 60);
        let outcome =
            if line % every == every - 1 { CODES[line / every % CODES.len()] } else { "completed" };
        let _ = write!(
            text,
            "<![LOG[[Win32App] Step {line} of app 5f8d9c1a-{:04x}-4b2e-9c11-a0b1c2d3e4f5 (version 10.0.19045.{}) {outcome}, {} bytes]LOG]!><time=\"{h:02}:{m:02}:{s:02}.{milli:03}+060\" date=\"11-24-2026\" component=\"IntuneManagementExtension\" context=\"\" type=\"{}\" thread=\"{}\" file=\"agent.cpp:{}\">\r\n",
            line & 0xFFFF,
            line % 4000,
            line * 37 % 1_000_000,
            1 + line % 3,
            1000 + line % 9000,
            line % 2000,
        );
        line += 1;
    }
    text
}

/// A text that contains only codes.
pub(crate) fn all_codes(bytes: usize) -> String {
    "0x87D1FDE8 ".repeat(bytes / 11)
}

/// The common log as one line.
pub(crate) fn one_line(bytes: usize) -> String {
    cmtrace(bytes).replace("\r\n", " ")
}

/// What costs the scanner the most per byte: before each number, a key word with many notations,
/// after a word from which some of them reach far across the line.
pub(crate) fn worst(bytes: usize) -> String {
    let piece = format!("kernel: msiexec {}", "error:5,".repeat(20));
    piece.repeat(bytes / piece.len() + 1)
}
