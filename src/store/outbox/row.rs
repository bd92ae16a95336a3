//! The table of the outbox, and the kinds of its messages.

use crate::{
    domain::closed_set,
    store::{stored::Table, table::stored_table},
};

stored_table! {
    outbox (id) {
        id -> BigInt,
        user_id -> Text,
        device_id -> Nullable<Text>,
        request_id -> Nullable<Text>,
        kind -> Text,
        message -> Binary,
        created_at -> Text,
        attempts -> BigInt,
        next_attempt_at -> Text,
        delivered_at -> Nullable<Text>,
        last_error -> Nullable<Text>,
        is_head -> Nullable<Bool>,
        refusals -> Nullable<BigInt>,
        parked_at -> Nullable<Text>,
        given_up_at -> Nullable<Text>,
    }
}

pub(super) const TABLE: Table = Table("outbox");

closed_set!(
    /// The state of a message in the outbox.
    MessageState, "the state of a message", {
        Waiting => "waiting",
        Parked => "parked",
        Delivered => "delivered",
        GivenUp => "given-up",
    }
);

closed_set!(
    /// The kind of a message in the outbox.
    MessageKind, "a kind of message", {
        Response => "response",
        Alert => "alert",
    }
);
