//! No rule without a test that passes it and one that refuses it: which those are, compared with the rulebook.

use std::{fs, path::Path};

use smi::domain::rulebook;

use crate::support::package;

/// A rule and the tests that prove it: each of them, or all together, meets it both ways.
const PROOFS: &[(&str, &[&str])] = &[
    (
        "SR/3",
        &["a_valid_request_is_read", "sr_3_what_can_be_read_of_an_invalid_message_stands_in_the_answer"],
    ),
    (
        "SR/4",
        &["what_passes_is_valid_by_the_published_schema", "sr_4_a_message_signed_by_another_user_is_refused"],
    ),
    ("SR/5", &["sr_5_another_target_is_refused"]),
    ("SR/6", &["sr_6_a_used_request_id_is_refused", "a_known_active_eligible_user_is_let_through"]),
    ("SR/7", &["sr_7_another_web_service_is_refused", "a_known_active_eligible_user_is_let_through"]),
    (
        "SR/8",
        &[
            "sr_8_only_command_variant_8_suits_a_non_device_request",
            "sr_11_every_role_by_every_service_request",
        ],
    ),
    (
        "SR/9",
        &[
            "sr_9_an_unknown_user_or_one_without_role_is_refused",
            "a_known_active_eligible_user_is_let_through",
        ],
    ),
    ("SR/10", &["sr_10_a_suspended_user_is_refused", "a_known_active_eligible_user_is_let_through"]),
    ("SR/11", &["sr_11_every_role_by_every_service_request"]),
    (
        "SR/12",
        &["sr_12_whatever_a_request_acts_on_must_be_there", "a_premises_is_installed_and_commissioned"],
    ),
    ("SR/13", &["sr_13_every_request_has_its_device_types", "a_premises_is_installed_and_commissioned"]),
    ("SR/14", &["sr_14_only_the_responsible_supplier_is_authorised_now"]),
    ("SR/15", &["sr_15_every_status_by_every_request_that_moves_a_device"]),
    ("SR8.2/a", &["sr_8_2_finds_some_and_not_too_many"]),
    ("SR8.2/b", &["sr_8_2_finds_some_and_not_too_many"]),
    ("SR8.4/a", &["sr_8_4_a_no_detail_is_refused", "the_whole_decision_table"]),
    ("SR8.4/b", &["sr_8_4_b_only_an_esme_has_a_variant", "the_whole_decision_table"]),
    ("SR8.4/c", &["sr_8_4_c_while_pending_only_the_pre_notifier_changes_details"]),
    ("SR8.4/d", &["sr_8_4_d_a_mixed_change_after_pending_is_refused_whole", "the_whole_decision_table"]),
    ("SR8.4/e", &["sr_8_4_e_f_g_the_correction_of_mp125"]),
    ("SR8.4/f", &["sr_8_4_e_f_g_the_correction_of_mp125"]),
    ("SR8.4/g", &["sr_8_4_e_f_g_the_correction_of_mp125"]),
    ("SR8.4/h", &["sr_8_4_h_the_resulting_model_must_be_active_on_the_cpl"]),
    ("SR8.4/i", &["sr_8_4_i_the_status_element_suits_the_device_type"]),
    (
        "SR8.4/j",
        &["sr_8_4_j_the_status_is_the_pre_notifiers_while_pending_and_the_responsible_suppliers_always"],
    ),
    ("SR8.4/k", &["sr_8_4_k_a_gpf_that_stands_where_its_chf_stood_follows_it", "the_whole_decision_table"]),
    ("SR8.4/l", &["sr_8_4_l_a_chf_takes_its_gpf_with_it", "the_whole_decision_table"]),
    ("SR8.4/m", &["sr_8_4_m_the_mpxn_suits_the_meter"]),
    ("SR8.11/a", &["sr_8_11_a_b_c_what_does_not_belong_together_is_refused"]),
    ("SR8.11/b", &["sr_8_11_a_b_c_what_does_not_belong_together_is_refused"]),
    ("SR8.11/c", &["sr_8_11_a_b_c_what_does_not_belong_together_is_refused"]),
    ("SR8.11/d", &["sr_8_11_d_e_one_hub_and_one_request_at_a_time"]),
    ("SR8.11/e", &["sr_8_11_d_e_one_hub_and_one_request_at_a_time"]),
    ("SR8.11/f", &["sr_8_11_f_the_answer_follows_once_the_outcome_is_known"]),
    ("SR12.1/a", &["sr_12_1_a_no_such_place", "sr_12_1_d_the_space_is_read_by_its_date"]),
    ("SR12.1/b", &["sr_12_1_b_c_a_region_that_cannot_answer_says_so_and_the_others_answer"]),
    ("SR12.1/c", &["sr_12_1_b_c_a_region_that_cannot_answer_says_so_and_the_others_answer"]),
    // It shapes the answer and refuses nothing.
    ("SR12.1/d", &["sr_12_1_d_the_space_is_read_by_its_date"]),
    ("SR12.2/a", &["sr_12_2_a_what_is_in_the_smi_is_refused"]),
    ("SR12.2/b", &["sr_12_2_b_to_e_every_device_type_by_variant_versions_and_gpf"]),
    ("SR12.2/c", &["sr_12_2_b_to_e_every_device_type_by_variant_versions_and_gpf"]),
    ("SR12.2/d", &["sr_12_2_d_the_model_must_be_active_on_the_cpl"]),
    ("SR12.2/e", &["sr_12_2_b_to_e_every_device_type_by_variant_versions_and_gpf"]),
];

#[test]
fn no_rule_without_its_tests() {
    let known = rulebook::all_rules().map(|rule| rule.id).collect::<Vec<_>>();
    let proven = PROOFS.iter().map(|(rule, _)| *rule).collect::<Vec<_>>();
    let unproven = known.iter().filter(|rule| !proven.contains(rule)).collect::<Vec<_>>();
    assert!(unproven.is_empty(), "without tests: {unproven:?}");
    let gone = proven.iter().filter(|rule| !known.contains(rule)).collect::<Vec<_>>();
    assert!(gone.is_empty(), "not in the rulebook: {gone:?}");
    let sources = sources(&package().join("src")) + &sources(&package().join("tests/it"));
    for (rule, tests) in PROOFS {
        for test in *tests {
            let marked = format!("#[test]\nfn {test}()");
            let indented = format!("#[test]\n    fn {test}()");
            assert!(sources.contains(&marked) || sources.contains(&indented), "{rule}: no test `{test}`");
        }
    }
}

fn sources(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all += &sources(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all += &fs::read_to_string(&path).unwrap();
        }
    }
    all
}
