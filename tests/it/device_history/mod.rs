//! The record of a Device as it stood: every change of every field is kept, and undone again to the letter.

mod as_at;
mod kept;
mod model;
