//! The language server as a WebAssembly module without imports: JSON-RPC messages in and out, one
//! call for each. `session.mjs` is the JavaScript side.
//!
//! The client writes a message into the buffer that `input` returns, calls `handle`, and reads
//! `output_len` bytes at the address that `output` returns: a JSON array of messages.

use std::cell::RefCell;

use hexplain::server::{InProcess, Options};

#[derive(Default)]
struct Buffers {
    session: Option<InProcess>,
    input: Vec<u8>,
    output: Vec<u8>,
}

thread_local!(static BUFFERS: RefCell<Buffers> = RefCell::default());

/// The address of a buffer for a message of `len` bytes.
// No other symbol in this module has these names.
#[unsafe(no_mangle)]
pub extern "C" fn input(len: usize) -> *mut u8 {
    BUFFERS.with_borrow_mut(|buffers| {
        buffers.input = vec![0; len];
        buffers.input.as_mut_ptr()
    })
}

/// Handles the message in the input buffer.
#[unsafe(no_mangle)]
pub extern "C" fn handle() {
    BUFFERS.with_borrow_mut(|buffers| {
        let body = std::mem::take(&mut buffers.input);
        let session = buffers.session.get_or_insert_with(|| InProcess::new(Options::default()));
        let messages = session.handle(body);
        let mut output = vec![b'['];
        output.extend(messages.join(&b','));
        output.push(b']');
        buffers.output = output;
    });
}

/// The address of the messages for the client.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *const u8 {
    BUFFERS.with_borrow(|buffers| buffers.output.as_ptr())
}

/// The number of bytes at `output`.
#[unsafe(no_mangle)]
pub extern "C" fn output_len() -> usize {
    BUFFERS.with_borrow(|buffers| buffers.output.len())
}
