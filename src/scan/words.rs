//! The word lists of `catalog/words.toml`, as `build.rs` writes them.

use super::lead::{CODE, FILLER, OTHER, STATUS_LIKE};

include!(concat!(env!("OUT_DIR"), "/words.rs"));
