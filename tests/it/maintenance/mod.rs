//! Planned maintenance through the management listener and the command: the rows of SERVICE.md 7, bad input of section 6, acts and notices.

mod acts;
mod bad_input;
mod cases;
mod commands;
mod harness;
mod limits;
mod publishing;
mod running;
mod windows;
