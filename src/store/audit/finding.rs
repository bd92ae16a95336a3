//! The findings of a verification: what is wrong with a chain, and where.

use std::fmt;

use super::record::Point;
use crate::hash::Hash;

/// The position of a record, as an operator finds it: its number in its chain, its row in `decisions`, its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPlace {
    /// Its number in the chain, counted from 1.
    pub sequence: i64,
    /// The row's id.
    pub row: i64,
    /// The RequestID it carries.
    pub request_id: String,
}

/// A defect of a chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// The content of a record does not have its hash; which column changed cannot be known.
    #[error("record {0} was changed: it does not have the hash it carries")]
    Changed(RecordPlace),
    /// The content of a record has its hash, but under another number.
    #[error("record {place} was moved: it was written as record {written_as}")]
    Moved {
        /// Where it is now.
        place: RecordPlace,
        /// The number it was written under.
        written_as: i64,
    },
    /// The record's `previous_hash` is not the hash of the record before it.
    #[error(
        "record {0} does not follow the record before it: that one was changed with its hash, or replaced"
    )]
    Unlinked(RecordPlace),
    /// The first record's `previous_hash` is not the hash that the anchor keeps for it.
    #[error("record {0} does not begin where the anchor says the chain begins")]
    BeginsElsewhere(RecordPlace),
    /// A gap in the numbers: records were deleted.
    #[error("{}", missing(*.from, *.to))]
    Missing {
        /// The first missing number.
        from: i64,
        /// The last missing number.
        to: i64,
    },
    /// A record has the number of another.
    #[error("record {0} was added: there is another of that number before it")]
    Doubled(RecordPlace),
    /// A record is before the chain's beginning.
    #[error("record {place} was added: the chain begins with record {first}")]
    BeforeFirst {
        /// The record.
        place: RecordPlace,
        /// The number of the first record that is kept.
        first: i64,
    },
    /// A record is after the chain's end.
    #[error("record {place} was added: the anchor ends with record {last}")]
    AfterHead {
        /// The record.
        place: RecordPlace,
        /// The number of the last record.
        last: i64,
    },
    /// The rows are not in the order they were written in.
    #[error("record {place} was moved: its row stands before that of the record before it, {before}")]
    OutOfOrder {
        /// The record.
        place: RecordPlace,
        /// The row of the record before it.
        before: i64,
    },
    /// The last record is not the one that the anchor names.
    #[error("record {0} is not the one that the anchor names as the last: one of the two was changed")]
    NotTheHead(RecordPlace),
    /// The chain has records, but no readable anchor.
    #[error("the chain has no anchor that can be read, so nobody knows where it ends")]
    NoAnchor,
    /// A record is in no chain.
    #[error("row {row}, request `{request_id}`, stands in no chain: it was added, or taken out of its chain")]
    Unchained {
        /// The row's id.
        row: i64,
        /// The RequestID it carries.
        request_id: String,
    },
    /// A record is marked as named by its request, and the request names none or another.
    #[error(
        "row {row}, request `{request_id}`, is not found by its RequestID: the request does not name it as its decision"
    )]
    Unnamed {
        /// The row's id.
        row: i64,
        /// The RequestID it carries.
        request_id: String,
    },
    /// A point noted earlier is no longer part of the chain: the chain was rewritten.
    #[error(
        "record {} has the hash {found}, not {} as it was noted: the chain was written anew", .noted.sequence, .noted.hash
    )]
    NotAsNoted {
        /// What was noted.
        noted: Point,
        /// The hash of the record of that number now.
        found: Hash,
    },
    /// A point noted earlier lies where no record is kept any more, or yet.
    #[error("record {0}, which was noted, is not kept: nothing can be said about it")]
    NotedIsGone(i64),
}

fn missing(from: i64, to: i64) -> String {
    if from == to {
        format!("record {from} is missing")
    } else {
        format!("records {from} to {to} are missing")
    }
}

impl fmt::Display for RecordPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sequence, row, request_id } = self;
        write!(f, "{sequence} (row {row}, request `{request_id}`)")
    }
}
