//! The open Smart Metering Inventory.

pub mod domain;

pub mod xml;

pub mod store;
