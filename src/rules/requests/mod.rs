//! The checks and effects of each Service Request, one file each, in the order of its table in the rulebook.

pub(super) mod move_device;
pub(super) mod sr_11_1;
pub(super) mod sr_11_3;
pub(super) mod sr_12_1;
pub(super) mod sr_12_2;
pub(super) mod sr_8_11;
pub(super) mod sr_8_2;
pub(super) mod sr_8_4;
