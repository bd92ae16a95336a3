//! The answer message of a CSP: encoder, for the stub, and decoder.

use std::fmt::Write as _;

use super::{
    NAMESPACE,
    elements::{ElementReader, InvalidCspMessage, truth},
    question::{CoverageQuestion, DECLARATION, element},
};
use crate::{
    domain::{Coverage, CspAnswer, CspRegion, Malformed, WanTechnology, parse_date},
    duis::xml,
};

/// The answer message, as a CSP sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageAnswer {
    /// The question, which the answer repeats.
    pub question: CoverageQuestion,
    /// The coverage, or that there is none.
    pub says: CspAnswer,
}

impl CoverageAnswer {
    /// Encodes the message.
    pub fn encode(&self) -> String {
        match &self.says {
            CspAnswer::Covered(coverage) => self.encode_with(coverage, coverage.technology.as_str()),
            CspAnswer::Elsewhere => self.message(|out| out.push_str("<notCovered/>")),
        }
    }

    /// Encodes the message with that coverage and any text as its `commsHubVariant`: for tests of decoders.
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

/// Decodes the answer to that question.
///
/// # Errors
/// When the message is not XML or not of the schema, answers another question, or has a value that the region cannot
/// report (MP106-R5, R6, R8).
pub fn read_answer(message: &[u8], asked: &CoverageQuestion) -> Result<CspAnswer, InvalidCspMessage> {
    let document = xml::parse(message)?;
    let (mut reader, _) = ElementReader::root(&document, &[asked.interface().answer()])?;
    let answered = CoverageQuestion::read(&mut reader, asked.interface())?;
    if (answered.region, answered.key()) != (asked.region, asked.key()) {
        return Err(reader.fault("it answers another question"));
    }
    let says = match reader.optional("coverage")? {
        Some(coverage) => CspAnswer::Covered(read(coverage, asked.region)?),
        None => {
            reader.value_by("notCovered", nothing)?;
            CspAnswer::Elsewhere
        }
    };
    reader.end()?;
    Ok(says)
}

fn nothing(text: &str) -> Result<(), Malformed> {
    if text.is_empty() { Ok(()) } else { Err(Malformed::new(text, "empty")) }
}

fn read(mut reader: ElementReader<'_, '_>, region: CspRegion) -> Result<Coverage, InvalidCspMessage> {
    let coverage = Coverage {
        available: reader.value_by("coverageAvailability", truth)?,
        anticipated: reader.optional_value("availabilityDate", parse_date)?,
        technology: reader.value_by("commsHubVariant", |text| variant(text, region))?,
        likelihood: reader.value("connectivityLikelihood")?,
        auxiliary_equipment: reader.optional_value("auxiliaryEquipmentRequired", str::parse)?,
        additional_information: reader.optional_value("additionalInformation", str::parse)?,
    };
    reader.end()?;
    Ok(coverage)
}

/// A WAN technology of MP106-T2 that suits the region (MP106-R5, R6).
fn variant(text: &str, region: CspRegion) -> Result<WanTechnology, Malformed> {
    let technology = text.parse::<WanTechnology>()?;
    if technology.suits(region) {
        Ok(technology)
    } else {
        let expected = format!("a WAN technology that CSP Region {region} reports (MP106-R5, R6)");
        Err(Malformed::new(text, expected))
    }
}
