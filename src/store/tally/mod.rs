//! Tallies: answers by hour, User, Service Request, code and rule; Devices by type and SMI Status.
//!
//! Pages show these counts, so that none reads a whole table. One job keeps them. They are part of a backup: those of decisions that
//! were purged cannot be made again.

mod answers;
mod devices;

pub use answers::{
    AnswerTally, CodeTally, CountedAnswers, TALLY_LOCK, add as add_answers, by_code as answers_by_code,
    count_next as count_answers, newest_decision, of_hours as answers_of_hours,
    uncounted as uncounted_decisions,
};
pub(in crate::store) use answers::{answer_tallies, follow_restore, purge_hour};
pub(in crate::store) use devices::device_tallies;
pub use devices::{DeviceCount, DeviceTallies, DeviceTally, replace as replace_devices, tallies as devices};
