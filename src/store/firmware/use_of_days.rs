//! Large activations of some London days, for reports: those in no batch, and how many of each image.

use std::collections::BTreeMap;

use diesel::{dsl::sql, prelude::*, sql_types::BigInt};

use super::{activations::firmware_activations, images::size, schedules::counted_between};
use crate::{
    db::{Connection, StoreFault},
    domain::{ActivationOutcome, ActivationStanding, Date, Eui64, FirmwareHash, ImageSize, Timestamp},
    store::stored::Table,
};

const TABLE: Table = Table("firmware_activations");

/// A large activation in no batch, of a day that was not exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeActivation {
    /// The London day.
    pub day: Date,
    /// The User.
    pub user: Eui64,
    /// When it was received.
    pub received_at: Timestamp,
    /// What the Device reported, and when.
    pub outcome: Option<(ActivationOutcome, Timestamp)>,
}

/// Passes the free activations of the days from one to another on, a day after the other.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn each_free_activation(
    connection: &mut Connection,
    days: (Date, Date),
    pass_on: &mut dyn FnMut(FreeActivation),
) -> Result<(), StoreFault> {
    let mut users = BTreeMap::<Date, Vec<String>>::new();
    for counted in counted_between(connection, days)?.into_iter().filter(|day| !day.is_exceeded) {
        users.entry(counted.day).or_default().push(counted.user.to_string());
    }
    for (day, users) in users {
        let rows = firmware_activations::table
            .filter(firmware_activations::user_id.eq_any(users))
            .filter(firmware_activations::day.eq(day.to_string()))
            .filter(firmware_activations::large.eq(true))
            .filter(firmware_activations::batch_id.is_null())
            .select((
                firmware_activations::user_id,
                firmware_activations::received_at,
                firmware_activations::outcome,
                firmware_activations::outcome_at,
            ))
            .load::<(String, String, Option<String>, Option<String>)>(connection)?;
        for (user, received_at, outcome, outcome_at) in rows {
            let outcome = TABLE.optional("outcome", outcome.as_deref())?;
            let at = outcome_at.map(|at| TABLE.instant("outcome_at", &at)).transpose()?;
            pass_on(FreeActivation {
                day,
                user: TABLE.value("user_id", &user)?,
                received_at: TABLE.instant("received_at", &received_at)?,
                outcome: outcome.zip(at),
            });
        }
    }
    Ok(())
}

/// How many images of a kind a User sent on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedImages {
    /// The User.
    pub user: Eui64,
    /// The London day.
    pub day: Date,
    /// The image.
    pub hash: FirmwareHash,
    /// Its size.
    pub size: ImageSize,
    /// Their standing.
    pub standing: ActivationStanding,
    /// How many.
    pub images: u64,
}

/// Counts the large images of the days from one to another, by day, User, image and standing.
///
/// # Errors
/// When the database fails, or holds a value that cannot be read back.
pub fn used_images(
    connection: &mut Connection,
    (from, to): (Date, Date),
) -> Result<Vec<UsedImages>, StoreFault> {
    let exceeded = counted_between(connection, (from, to))?.into_iter();
    let exceeded = exceeded.map(|day| ((day.day, day.user), day.is_exceeded)).collect::<BTreeMap<_, _>>();
    let columns = (
        firmware_activations::day,
        firmware_activations::user_id,
        firmware_activations::firmware_hash,
        firmware_activations::size_bytes,
        firmware_activations::batch_id,
    );
    let rows = firmware_activations::table
        .filter(firmware_activations::day.between(from.to_string(), to.to_string()))
        .filter(firmware_activations::large.eq(true))
        .group_by(columns)
        .select((columns, sql::<BigInt>("COUNT(*)")))
        .load::<((String, String, String, i64, Option<i64>), i64)>(connection)?;
    let mut used = BTreeMap::<_, u64>::new();
    for ((day, user, hash, bytes, batch), number) in rows {
        let (day, user) = (TABLE.day("day", &day)?, TABLE.value("user_id", &user)?);
        let is_exceeded = exceeded.get(&(day, user)).copied().unwrap_or_default();
        let standing = ActivationStanding::of(batch.is_some(), is_exceeded);
        let key = (day, user, TABLE.value("firmware_hash", &hash)?, size(TABLE, bytes)?, standing);
        *used.entry(key).or_default() += number.unsigned_abs();
    }
    let used_images =
        |((day, user, hash, size, standing), images)| UsedImages { user, day, hash, size, standing, images };
    Ok(used.into_iter().map(used_images).collect())
}
