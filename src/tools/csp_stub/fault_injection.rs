//! How the played CSP behaves.

use std::ops::RangeInclusive;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{
    domain::{ConnectivityLikelihood, Coverage, CspAnswer, CspRegion, WanTechnology, closed_set},
    service::csp::{Answer, Question},
};

closed_set!(
    /// A way to answer wrongly.
    Wrong, "a way to answer wrongly", {
        NotXml => "not-xml",
        Invalid => "invalid",
        OtherRegion => "other-region",
        SpaceFromNorth => "space-from-north",
        TwoSpaces => "two-spaces",
        EmptyVariant => "empty-variant",
        TooLong => "too-long",
        Truncated => "truncated",
    }
);

/// What it does with every question. As JSON: `{"delay_ms": 0, "down": false, "status": null, "wrong": null}`, every key
/// optional.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultInjection {
    /// So long it waits before it answers.
    pub delay_ms: u64,
    /// It answers 503.
    pub down: bool,
    /// It answers with that HTTP status, one of [`STATUSES`], and no body.
    #[serde(deserialize_with = "status")]
    pub status: Option<u16>,
    /// It answers wrongly.
    #[serde(serialize_with = "name", deserialize_with = "named")]
    pub wrong: Option<Wrong>,
}

/// The HTTP statuses that end an answer.
pub const STATUSES: RangeInclusive<u16> = 200..=599;

fn status<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u16>, D::Error> {
    let status = Option::<u16>::deserialize(from)?;
    if let Some(status) = status.filter(|status| !STATUSES.contains(status)) {
        let (first, last) = (STATUSES.start(), STATUSES.end());
        return Err(D::Error::custom(format!("status: `{status}` is not from {first} to {last}")));
    }
    Ok(status)
}

fn name<S: Serializer>(wrong: &Option<Wrong>, to: S) -> Result<S::Ok, S::Error> {
    wrong.map(Wrong::as_str).serialize(to)
}

fn named<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Wrong>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
}

impl Wrong {
    /// The body it answers with.
    pub(super) fn body(self, question: Question, says: CspAnswer) -> String {
        let coverage = match says {
            CspAnswer::Covered(coverage) => coverage,
            CspAnswer::Elsewhere => made_up(),
        };
        let variant = coverage.technology.as_str();
        let region = question.region;
        let answer = Answer { question, says: CspAnswer::Elsewhere };
        let with = |variant: &str| answer.encode_with(&coverage, variant);
        match self {
            Self::NotXml => "the coverage is good\n".to_owned(),
            Self::Invalid => with(variant).replace("connectivityLikelihood", "likelihood"),
            Self::OtherRegion => with(of_another(region).as_str()),
            Self::SpaceFromNorth => {
                let question = Question { region: CspRegion::North, ..answer.question.clone() };
                Answer { question, ..answer.clone() }.encode_with(&coverage, WanTechnology::Space.as_str())
            }
            Self::TwoSpaces => with("  "),
            Self::EmptyVariant => with(""),
            Self::TooLong => with("Cellular with thirty-one charac"),
            Self::Truncated => {
                let whole = with(variant);
                whole.chars().take(whole.chars().count() / 2).collect()
            }
        }
    }
}

fn of_another(region: CspRegion) -> WanTechnology {
    let other = WanTechnology::ALL.iter().find(|technology| !technology.suits(region));
    other.copied().unwrap_or(WanTechnology::Space)
}

fn made_up() -> Coverage {
    Coverage {
        available: true,
        anticipated: None,
        technology: WanTechnology::NoCoverageIntended,
        likelihood: ConnectivityLikelihood::Low,
        auxiliary_equipment: None,
        additional_information: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::PremisesKey, service::csp::read_answer};

    /// MP106-R5, R6, R8, T2.
    #[test]
    fn whatever_is_wrong_is_refused() {
        for region in CspRegion::WITH_COVERAGE {
            let question = Question { region: *region, place: PremisesKey::Uprn("7".parse().unwrap()) };
            for wrong in Wrong::ALL {
                let body = wrong.body(question.clone(), CspAnswer::Elsewhere);
                assert!(read_answer(body.as_bytes(), &question).is_err(), "{region} {wrong}: {body}");
            }
        }
    }

    #[test]
    fn a_manner_is_read_as_it_is_written() {
        let faults =
            FaultInjection { delay_ms: 7, down: true, status: Some(429), wrong: Some(Wrong::NotXml) };
        let text = serde_json::to_string(&faults).unwrap();
        assert_eq!(text, r#"{"delay_ms":7,"down":true,"status":429,"wrong":"not-xml"}"#);
        assert_eq!(serde_json::from_str::<FaultInjection>(&text).unwrap(), faults);
        assert_eq!(serde_json::from_str::<FaultInjection>("{}").unwrap(), FaultInjection::default());
        assert_eq!(
            serde_json::from_str::<FaultInjection>(r#"{"wrong":null}"#).unwrap(),
            FaultInjection::default()
        );
        assert!(serde_json::from_str::<FaultInjection>(r#"{"wrong":"rude"}"#).is_err());
        for status in [0, 100, 199, 600, 65_536] {
            assert!(
                serde_json::from_str::<FaultInjection>(&format!("{{\"status\":{status}}}")).is_err(),
                "{status}"
            );
        }
        assert!(serde_json::from_str::<FaultInjection>(r#"{"slow":true}"#).is_err());
    }
}
