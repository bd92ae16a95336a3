//! The papers of a re-flash order as HTML that is made to be printed: labels on A6, despatch note and statement on A4 (HUBS.md 4;
//! MP155-R11, T4, R19). They show what they are given, and decide nothing.

mod booking;
mod despatch_note;
mod statement;

pub(in crate::web) use self::{
    booking::{Booking, labels},
    despatch_note::DespatchNote,
    statement::StatementPaper,
};

/// The style sheet of all papers. It stands in each, so that a paper is whole as a file.
const STYLE: &str = include_str!("paper.css");

/// What stands in the body of a paper, for tests.
#[cfg(test)]
fn content(page: &str) -> &str {
    page.split_once("<main>").and_then(|(_, rest)| rest.split_once("</main>")).map_or(page, |(main, _)| main)
}
