//! The word lists of `catalog/words.toml`, as `build.rs` writes them.

use super::lead::{CODE, FILLER, OTHER, OWNER_ONLY, STATUS_LIKE};

include!(concat!(env!("OUT_DIR"), "/words.rs"));
