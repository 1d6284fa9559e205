#!/usr/bin/env bash
# All tests: the crate's own, and those in the real editors.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo test --locked
