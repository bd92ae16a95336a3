//! The rulebook: the list of all checks, in the order in which they are made. The engine, the explanations and the tests
//! read this list.

pub mod changes;
pub mod common;
pub mod cspm_n3;
pub mod firmware;
mod lookup;
pub mod maintenance;
pub mod moves;
pub mod order_states;
pub mod privacy;
pub mod reflash;
pub mod sr_11_1;
pub mod sr_11_3;
pub mod sr_12_1;
pub mod sr_12_2;
pub mod sr_8_11;
pub mod sr_8_2;
pub mod sr_8_4;
pub mod ssmi;
mod table;
pub mod tsat;
pub mod variants;

pub use lookup::{all_rules, asks_pre_command, checks_of, may_be_overridden, own_rules, rule, rules_for};
