//! The papers of a re-flash order as HTML that is made to be printed: labels on A6, despatch note and statement on A4 (HUBS.md 4;
//! MP155-R11, T4, R19). They show what they are given, and decide nothing.

mod booking;
mod despatch_note;
mod of_order;
mod statement;
mod style;

#[cfg(test)]
use self::style::content;
pub(in crate::web) use self::{
    of_order::{despatch_note_of, labels_of, statement_of},
    style::PaperStyle,
};
