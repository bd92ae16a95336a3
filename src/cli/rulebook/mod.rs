//! The rulebook in force, for `smi rules`: as JSON, whose keys are the names of the page's fields, and as Markdown.

// The tables of the page.
mod decisions;
mod moves;
mod order_states;
mod tsat;
mod wan_variants;

mod page;

mod change_chapter;
mod firmware_chapter;
mod maintenance_chapter;
mod markdown;
mod markdown_parts;
mod privacy_chapter;
mod reflash_chapter;
mod variants_chapter;

pub use page::{Format, Page};
