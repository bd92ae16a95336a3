//! `/manage/firmware/...`: the register of images, and the delivery schedules of large ones (SERVICE.md 5.2).

mod images;
mod questions;
mod refusal;
mod schedules;

pub(super) use images::images;
pub(super) use questions::{check, days, plan, scope};
pub(super) use schedules::{agree, ask, list, show, withdraw};
