//! The open Smart Metering Inventory.

pub mod domain;

pub mod access;

pub mod rules;

pub mod xml;
