//! The open Smart Metering Inventory.

pub mod domain;

pub mod signature;
pub mod xml;
