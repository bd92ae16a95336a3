//! The schemaVersion of answers: by the request, the setting, or the User; each judged by the schema of its version.

use std::fs;

use smi::{
    domain::{AnswerVersion, Body, PremisesKey, PropertyFilter},
    service::Choices,
    store::Kind,
};

use crate::{
    oracles::{is_there, schema, xmllint},
    support::{DCC, OPERATOR, Smi, Told},
};

const COVERAGE: &str = "\
csp_region,postcode,address_identifier,uprn,coverage_availability,anticipated_coverage_date,wan_technology,connectivity_likelihood
North,ZZ1 1AA,,,true,2027-01-01,420,High
";

fn choosing(answer_version: AnswerVersion) -> Smi {
    let smi = Smi::choosing(Choices { answer_version, ..Choices::of(DCC) });
    smi.import(Kind::Coverage, COVERAGE);
    smi
}

/// Sets the User's own version of answers.
fn of_user(smi: &Smi, version: &str) {
    let line = format!("user_id,roles,status,answer_version\n{OPERATOR},ED,Active,{version}\n");
    smi.import(Kind::Users, &line);
}

/// The answer to an SR 12.1 that claims version 5.2, as today's tools do.
fn ask(smi: &Smi) -> Told {
    let place =
        PropertyFilter { post_code: "ZZ1 1AA".parse().unwrap(), address_identifier: "1".parse().unwrap() };
    let mut request = smi.request(OPERATOR, Body::RequestWanMatrix(PremisesKey::PartialAddress(place)));
    request.schema_version = "5.2".parse().unwrap();
    smi.post(&smi.signed(&request))
}

/// Holds an answer against its attribute, its shape, and the published schema.
fn check(told: &Told, version: &str, judge: &str) {
    assert!(told.text.contains(&format!(" schemaVersion=\"{version}\"")), "{version}: {}", told.text);
    let is_list = told.text.contains("DSPWANMatrixResponse");
    assert_eq!((told.code.as_str(), is_list), ("I0", judge >= "5.3"), "{version}: {}", told.text);
    let (Some(schema), true) = (schema(judge), is_there("xmllint")) else { return };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("answer.xml"), &told.text).unwrap();
    assert_eq!(xmllint(&schema, folder.path()).get("answer.xml"), Some(&true), "{version}: {}", told.text);
}

#[test]
fn the_setting_decides_the_version_of_an_answer() {
    for (set, version, judge) in [
        (AnswerVersion::Request, "5.2", "5.1"),
        (AnswerVersion::V5_0, "5.0", "5.0"),
        (AnswerVersion::V5_1, "5.1", "5.1"),
        (AnswerVersion::V5_3, "5.3", "5.3"),
        (AnswerVersion::V5_4, "5.4", "5.4"),
    ] {
        check(&ask(&choosing(set)), version, judge);
    }
}

#[test]
fn the_version_of_a_user_wins() {
    let smi = choosing(AnswerVersion::V5_1);
    for (own, version, judge) in
        [("5.4", "5.4", "5.4"), ("5.0", "5.0", "5.0"), ("request", "5.2", "5.1"), ("", "5.1", "5.1")]
    {
        of_user(&smi, own);
        check(&ask(&smi), version, judge);
        let exported = smi.exported(Kind::Users);
        let line = exported.lines().find(|line| line.contains(&OPERATOR.to_string())).unwrap();
        assert!(line.ends_with(&format!(",{own}")), "{exported}");
    }
}

/// A sender that is not verified may name any User, so the setting alone decides.
#[test]
fn a_message_that_is_refused_at_first_is_answered_by_the_setting() {
    let smi = choosing(AnswerVersion::V5_3);
    of_user(&smi, "5.4");
    let unsigned = format!(
        "<sr:Request xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" schemaVersion=\"5.2\">\
         <sr:Header><sr:RequestID>{OPERATOR}:{DCC}:7</sr:RequestID></sr:Header></sr:Request>"
    );
    let told = smi.post(unsigned.as_bytes());
    assert_eq!(told.code, "E100");
    assert!(told.text.contains(" schemaVersion=\"5.3\""), "{}", told.text);
}
