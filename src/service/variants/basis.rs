//! What a search for wrong variants goes by.

use crate::{
    clock::Clock,
    domain::CodeOverrides,
    rules::{RuleSettings, variants::VariantSettings},
};

/// The operator's choices, and the clock.
#[derive(Clone, Copy, Debug)]
pub struct VariantBasis<'a> {
    /// What makes a variant suspect.
    pub settings: VariantSettings,
    /// The rules that say who may correct it.
    pub rules: RuleSettings,
    /// Response codes of the operator's.
    pub codes: &'a CodeOverrides,
    /// The clock.
    pub clock: &'a Clock,
}
