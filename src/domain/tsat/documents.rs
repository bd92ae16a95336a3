//! What is printed around the tables: which version of a specification stands in which SMETS document (MP139-T1), footnote, notes.

use super::Specification;
use crate::domain::closed_set;

closed_set!(
    /// A SMETS document, as printed. That of 4 July 2018 holds the newest versions; no date is derived from a label (C12).
    SmetsDocument, "a SMETS document", {
        Smets1OfFebruary2018 => "SMETS1 of 1 February 2018",
        Smets2OfFebruary2018 => "SMETS2 of 1 February 2018",
        Smets2OfNovember2018 => "SMETS2 of 8 November 2018",
        Smets2OfJuly2018 => "SMETS2 of 4 July 2018",
    }
);

/// A specification, and its version in each document, in the order of [`SmetsDocument::ALL`].
type DocumentRow = (Specification, [Option<&'static str>; 4]);

/// The versions by document. None is `N/A`: the document has no such specification.
pub const VERSIONS_BY_DOCUMENT: [DocumentRow; 5] = [
    (Specification::Gsmets, [Some("1.2"), Some("2.0"), Some("3.1"), Some("4.2")]),
    (Specification::Esmets, [Some("1.2"), Some("2.0"), Some("3.1"), Some("4.2")]),
    (Specification::Ihdts, [Some("1.2"), Some("2.0"), Some("3.1"), Some("4.2")]),
    (Specification::Ppmidts, [None, Some("2.0"), Some("3.1"), Some("4.2")]),
    (Specification::Hcalcsts, [None, Some("2.0"), Some("3.1"), Some("4.2")]),
];

/// The version of a specification in a document; none is `N/A`.
pub fn version_in(specification: Specification, document: SmetsDocument) -> Option<&'static str> {
    let (_, versions) = VERSIONS_BY_DOCUMENT.iter().find(|(own, _)| *own == specification)?;
    let mut of_documents = SmetsDocument::ALL.iter().zip(versions);
    of_documents.find(|(own, _)| **own == document).and_then(|(_, version)| *version)
}

/// The heading of the tables, which has the footnote (MP139-T14).
pub const HEADING: &str = "TS Applicability Tables";

/// Footnote 1. There is no other one, and no date has one (MP139-T14).
pub const FOOTNOTE: &str = "As SEC Section A3.33 to A3.36 require.";

/// The notes below the tables (MP139-T13, T14).
pub const NOTES: [&str; 2] = [
    "Versions that can no longer be used are left out of the published tables.",
    "For GBCS 1.0, 1.1, 2.0, 2.1 and 3.2 the CPA document that counts is the newest Sub-Version of Principal Version 1 when \
    certification begins, or begins again: for Communications Hubs, Electricity Smart Metering Equipment, Gas Smart Metering \
    Equipment and HCALCS.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mp139_t1_each_document_names_the_versions_of_its_specifications() {
        let versions = |specification| {
            let version = |document: &SmetsDocument| version_in(specification, *document).unwrap_or("N/A");
            SmetsDocument::ALL.iter().map(version).collect::<Vec<_>>().join(" ")
        };
        let all = ["GSMETS", "ESMETS", "IHDTS", "PPMIDTS", "HCALCSTS", "CHTS"]
            .map(|text| versions(text.parse().unwrap()));
        assert_eq!(
            all,
            [
                "1.2 2.0 3.1 4.2",
                "1.2 2.0 3.1 4.2",
                "1.2 2.0 3.1 4.2",
                "N/A 2.0 3.1 4.2",
                "N/A 2.0 3.1 4.2",
                "N/A N/A N/A N/A",
            ]
        );
    }
}
