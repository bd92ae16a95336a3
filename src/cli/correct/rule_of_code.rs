//! The rule behind a response code, for the report of `smi correct`.

use crate::{
    domain::{CodeOverrides, Rule},
    rules::rulebook::{common, sr_8_4},
};

/// The id of the rule that refuses by that code; empty unless it is the only such rule that a change of the variant can
/// meet.
pub(super) fn rule_of(code: &str, codes: &CodeOverrides) -> &'static str {
    let of_a_variant = [
        sr_8_4::VARIANT_OF_AN_ESME,
        sr_8_4::PRE_NOTIFIER_CHANGES_PENDING,
        sr_8_4::VARIANT_STATUS,
        sr_8_4::VARIANT_SMETS2,
        sr_8_4::VARIANT_BY_RESPONSIBLE_SUPPLIER,
    ];
    let of_every = common::ALL.iter().copied().filter(|rule| !common::OF_A_MOVE.contains(rule));
    let refuses = |rule: &&Rule| codes.code_of(rule).as_str() == code;
    match of_every.chain(of_a_variant).filter(refuses).collect::<Vec<_>>().as_slice() {
        [rule] => rule.id,
        [] | [_, _, ..] => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ResponseCode;

    #[test]
    fn a_code_names_its_rule_where_only_one_refuses_by_it() {
        let of = |code| rule_of(code, &CodeOverrides::default());
        let named = ["E19", "E5", "E080405", "E080407", "E080408", "E080409", "E2"].map(of);
        assert_eq!(named, ["SR/12", "SR8.4/e", "SR8.4/c", "SR8.4/g", "SR8.4/b", "SR8.4/f", "SR/11"]);
        assert_eq!(["I99", "E100", "E4", "E080411", "X"].map(of), [""; 5]);
        let codes = CodeOverrides::new([(common::NEW_REQUEST_ID, ResponseCode::E65)]);
        assert_eq!(rule_of("E65", &codes), "SR/6");
        let codes = CodeOverrides::new([(sr_8_4::VARIANT_BY_RESPONSIBLE_SUPPLIER, ResponseCode::E4)]);
        assert_eq!(["E4", "E080407"].map(|code| rule_of(code, &codes)), ["SR8.4/g", ""]);
    }
}
