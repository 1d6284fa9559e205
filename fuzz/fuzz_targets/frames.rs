//! Frames and messages: whatever comes through the pipe, reading it ends without a panic. A valid
//! message after a blank line is read, whatever came before it in whole frames.

#![no_main]

use hexplain::server::count_messages;
use libfuzzer_sys::fuzz_target;

const GOOD: &[u8] = b"Content-Length: 17\r\n\r\n{\"method\":\"exit\"}";

fuzz_target!(|bytes: &[u8]| {
    let (messages, faults) = count_messages(bytes);
    // Each takes at least one line.
    assert!(messages + faults <= bytes.len() + 1);
    // As a body, the same bytes are one message or one error, and the next message is read.
    let header = format!("Content-Length: {}\r\n\r\n", bytes.len());
    let framed = [header.as_bytes(), bytes, GOOD].concat();
    let (messages, faults) = count_messages(&framed);
    assert_eq!(messages + faults, 2);
    assert!(messages >= 1);
});
