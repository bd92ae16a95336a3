//! What a CSP answers.

use std::fmt::Write as _;

use super::{
    NAMESPACE,
    elements::{Nonsense, Within, truth},
    question::{DECLARATION, Question, element},
};
use crate::{
    domain::{Coverage, CspAnswer, CspRegion, Malformed, WanTechnology, parse_date},
    duis::xml,
};

/// An answer to be sent, as a CSP sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The question, which it repeats.
    pub question: Question,
    /// What is said.
    pub says: CspAnswer,
}

impl Answer {
    /// As a message.
    pub fn encode(&self) -> String {
        match &self.says {
            CspAnswer::Covered(coverage) => self.encode_with(coverage, coverage.technology.as_str()),
            CspAnswer::Elsewhere => self.message(|out| out.push_str("<notCovered/>")),
        }
    }

    /// As a message with that coverage and that text for its `commsHubVariant`, whatever it is: for tests of whoever
    /// reads it.
    pub fn encode_with(&self, coverage: &Coverage, variant: &str) -> String {
        self.message(|out| {
            out.push_str("<coverage>");
            write(out, coverage, variant);
            out.push_str("</coverage>");
        })
    }

    fn message(&self, content: impl FnOnce(&mut String)) -> String {
        let root = self.question.interface().answer();
        let mut text = format!("{DECLARATION}<{root} xmlns=\"{NAMESPACE}\">");
        self.question.write(&mut text);
        content(&mut text);
        // Writing to a string cannot fail.
        let _ = write!(text, "</{root}>");
        text
    }
}

fn write(out: &mut String, coverage: &Coverage, variant: &str) {
    let Coverage {
        available,
        anticipated,
        technology: _,
        likelihood,
        auxiliary_equipment,
        additional_information,
    } = coverage;
    element(out, "coverageAvailability", &available.to_string());
    if let Some(date) = anticipated {
        element(out, "availabilityDate", &date.to_string());
    }
    element(out, "commsHubVariant", variant);
    element(out, "connectivityLikelihood", likelihood.as_str());
    if let Some(equipment) = auxiliary_equipment {
        element(out, "auxiliaryEquipmentRequired", equipment.as_str());
    }
    if let Some(information) = additional_information {
        element(out, "additionalInformation", information.as_str());
    }
}

/// Reads the answer to that question.
///
/// # Errors
/// With the place of what is wrong: it is not XML, not of the schema, the answer to another question, or says what
/// that region cannot say (MP106-R5, R6, R8).
pub fn read_answer(message: &[u8], asked: &Question) -> Result<CspAnswer, Nonsense> {
    let document = xml::parse(message)?;
    let (mut within, _) = Within::root(&document, &[asked.interface().answer()])?;
    let answered = Question::read(&mut within, asked.interface())?;
    if (answered.region, answered.key()) != (asked.region, asked.key()) {
        return Err(within.fault("it answers another question"));
    }
    let says = match within.optional("coverage")? {
        Some(coverage) => CspAnswer::Covered(read(coverage, asked.region)?),
        None => {
            within.value_by("notCovered", nothing)?;
            CspAnswer::Elsewhere
        }
    };
    within.end()?;
    Ok(says)
}

fn nothing(text: &str) -> Result<(), Malformed> {
    if text.is_empty() { Ok(()) } else { Err(Malformed::new(text, "empty")) }
}

fn read(mut within: Within<'_, '_>, region: CspRegion) -> Result<Coverage, Nonsense> {
    let coverage = Coverage {
        available: within.value_by("coverageAvailability", truth)?,
        anticipated: within.optional_value("availabilityDate", parse_date)?,
        technology: within.value_by("commsHubVariant", |text| variant(text, region))?,
        likelihood: within.value("connectivityLikelihood")?,
        auxiliary_equipment: within.optional_value("auxiliaryEquipmentRequired", str::parse)?,
        additional_information: within.optional_value("additionalInformation", str::parse)?,
    };
    within.end()?;
    Ok(coverage)
}

/// MP106-T2, and what suits the region (MP106-R5, R6).
fn variant(text: &str, region: CspRegion) -> Result<WanTechnology, Malformed> {
    let technology = text.parse::<WanTechnology>()?;
    if technology.suits(region) {
        Ok(technology)
    } else {
        let expected = format!("a WAN technology that CSP Region {region} reports (MP106-R5, R6)");
        Err(Malformed::new(text, expected))
    }
}
