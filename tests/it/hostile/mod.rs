//! Hostile messages: a file a flaw, none of which does anything.

mod corpus;
mod large;
mod properties;
mod short;

use std::path::PathBuf;

use crate::support::package;

/// The folder of the corpus.
fn folder() -> PathBuf {
    package().join("fixtures/hostile")
}
