//! Fault injection: delays, error statuses and wrong answers of the stub.

use std::ops::RangeInclusive;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{
    domain::{ConnectivityLikelihood, Coverage, CspAnswer, CspRegion, WanTechnology, closed_set},
    service::csp::{CoverageAnswer, CoverageQuestion},
};

closed_set!(
    /// A kind of wrong answer.
    WrongAnswer, "a way to answer wrongly", {
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

/// The faults of every answer. As JSON: `{"delay_ms": 0, "down": false, "status": null, "wrong": null}`, every key
/// optional.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultInjection {
    /// The delay before the answer.
    pub delay_ms: u64,
    /// Whether it answers HTTP 503.
    pub down: bool,
    /// An HTTP status, one of [`STATUSES`], to answer with, without a body.
    #[serde(deserialize_with = "status")]
    pub status: Option<u16>,
    /// A wrong answer to give.
    #[serde(serialize_with = "name", deserialize_with = "named")]
    pub wrong: Option<WrongAnswer>,
}

/// The final HTTP statuses: those below are informational, and an answer must follow them.
pub const STATUSES: RangeInclusive<u16> = 200..=599;

fn status<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u16>, D::Error> {
    let status = Option::<u16>::deserialize(from)?;
    if let Some(status) = status.filter(|status| !STATUSES.contains(status)) {
        let (first, last) = (STATUSES.start(), STATUSES.end());
        return Err(D::Error::custom(format!("status: `{status}` is not from {first} to {last}")));
    }
    Ok(status)
}

fn name<S: Serializer>(wrong: &Option<WrongAnswer>, to: S) -> Result<S::Ok, S::Error> {
    wrong.map(WrongAnswer::as_str).serialize(to)
}

fn named<'de, D: Deserializer<'de>>(from: D) -> Result<Option<WrongAnswer>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
}

impl WrongAnswer {
    /// The body of the wrong answer to a question whose right answer is `says`.
    pub(super) fn body(self, question: CoverageQuestion, says: CspAnswer) -> String {
        let coverage = match says {
            CspAnswer::Covered(coverage) => coverage,
            CspAnswer::Elsewhere => made_up(),
        };
        let variant = coverage.technology.as_str();
        let region = question.region;
        let answer = CoverageAnswer { question, says: CspAnswer::Elsewhere };
        let with = |variant: &str| answer.encode_with(&coverage, variant);
        match self {
            Self::NotXml => "the coverage is good\n".to_owned(),
            Self::Invalid => with(variant).replace("connectivityLikelihood", "likelihood"),
            Self::OtherRegion => with(of_another(region).as_str()),
            Self::SpaceFromNorth => {
                let question = CoverageQuestion { region: CspRegion::North, ..answer.question.clone() };
                CoverageAnswer { question, ..answer.clone() }
                    .encode_with(&coverage, WanTechnology::Space.as_str())
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
    fn every_wrong_answer_is_refused() {
        for region in CspRegion::WITH_COVERAGE {
            let question =
                CoverageQuestion { region: *region, place: PremisesKey::Uprn("7".parse().unwrap()) };
            for wrong in WrongAnswer::ALL {
                let body = wrong.body(question.clone(), CspAnswer::Elsewhere);
                assert!(read_answer(body.as_bytes(), &question).is_err(), "{region} {wrong}: {body}");
            }
        }
    }

    #[test]
    fn fault_injection_reads_back_from_json() {
        let faults =
            FaultInjection { delay_ms: 7, down: true, status: Some(429), wrong: Some(WrongAnswer::NotXml) };
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
