//! The built-in families: the table that `build.rs` packs from `catalog/`.

use std::borrow::Cow;
use std::sync::Arc;

use super::format::pack::Table;

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.bin"));

/// The built-in table. It costs nothing to create, as the bytes are read in place.
pub(super) fn table() -> Arc<Table> {
    Arc::new(Table::new(Cow::Borrowed(PACKED)))
}
