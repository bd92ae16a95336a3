//! `smi demo`: a story of MP125 and MP106, told by a real service over HTTP, with signed requests.
//!
//! In: an empty folder. Out: a line of text for each step, and the number of steps that differ from what the rules say.

// The steps.
mod story;

// The service, and the client that takes the steps.
mod player;

pub use player::{Demo, DemoConsole, PrintLine};
