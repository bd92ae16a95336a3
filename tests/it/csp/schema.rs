//! What is sent to CSPs, and what is taken from them, against the schema of `schemas/csp`.

use std::fs;

use smi::{
    domain::{
        ConnectivityLikelihood, Coverage, CspAnswer, CspRegion, PremisesKey, PropertyFilter, WanTechnology,
        parse_date,
    },
    service::csp::{CoverageAnswer, CoverageQuestion, read_answer, read_question},
};

use crate::{
    oracles::{is_there, xmllint},
    support::package,
};

fn questions() -> Vec<CoverageQuestion> {
    let address = |post_code: &str, address_identifier: &str| {
        let (post_code, address_identifier) =
            (post_code.parse().unwrap(), address_identifier.parse().unwrap());
        PremisesKey::PartialAddress(PropertyFilter { post_code, address_identifier })
    };
    let places = [
        address("ZZ1 1AA", ""),
        address(" zz11aa ", ""),
        address("ZZ1 1AA", "Flat <1> & \"2\"\r"),
        PremisesKey::Uprn("7".parse().unwrap()),
        PremisesKey::Uprn("999999999999".parse().unwrap()),
    ];
    let all = CspRegion::WITH_COVERAGE.iter().flat_map(|region| {
        places.iter().map(|place| CoverageQuestion { region: *region, place: place.clone() })
    });
    all.collect()
}

fn coverage(technology: WanTechnology, whole: bool) -> Coverage {
    Coverage {
        available: whole,
        anticipated: whole.then(|| parse_date("2027-03-31").unwrap()),
        technology,
        likelihood: ConnectivityLikelihood::High,
        auxiliary_equipment: whole.then(|| "Aerial > 1 m".parse().unwrap()),
        additional_information: whole.then(|| "".parse().unwrap()),
    }
}

/// Everything that every region may say.
fn answers() -> Vec<CoverageAnswer> {
    let mut answers = Vec::new();
    for question in questions() {
        let region = question.region;
        let says = WanTechnology::ALL.iter().filter(|technology| technology.suits(region));
        let says = says.flat_map(|technology| [true, false].map(|whole| coverage(*technology, whole)));
        let says = says.map(CspAnswer::Covered).chain([CspAnswer::Elsewhere]);
        answers.extend(says.map(|says| CoverageAnswer { question: question.clone(), says }));
    }
    answers
}

/// MP106-R8: a space that goes out comes back as one.
#[test]
fn what_is_written_is_read_as_it_was() {
    for question in questions() {
        assert_eq!(read_question(question.encode().as_bytes()).unwrap(), question);
    }
    for answer in answers() {
        assert_eq!(read_answer(answer.encode().as_bytes(), &answer.question).unwrap(), answer.says);
    }
}

/// One change to a good answer, and whether the schema still accepts it.
const CHANGES: [(&str, &str, bool); 30] = [
    // MP106-T2, R8: String(30), mandatory; one space and nothing like it.
    (">Cellular<", "><", false),
    (">Cellular<", ">  <", false),
    (">Cellular<", ">&#9;<", false),
    (">Cellular<", ">\u{a0}<", false),
    (">Cellular<", ">Cellular <", false),
    (">Cellular<", ">cellular<", false),
    (">Cellular<", ">Unknown<", false),
    (">Cellular<", ">Cellular with thirty-one charac<", false),
    ("<commsHubVariant>Cellular</commsHubVariant>", "", false),
    (
        "<commsHubVariant>Cellular",
        "<commsHubVariant>Cellular</commsHubVariant><commsHubVariant>Cellular",
        false,
    ),
    (">Cellular<", "><b/><", false),
    // MP106-R6: the schema cannot know what suits the region.
    (">Cellular<", ">450<", true),
    (">Cellular<", ">Standard 420<", true),
    // Values of their types.
    (">true<", ">1<", false),
    (">true<", "> true<", false),
    (">2027-03-31<", ">2027-3-31<", false),
    (">2027-03-31<", ">31/03/2027<", false),
    (">2027-03-31<", ">2027-03-31Z<", false),
    (">2027-03-31<", ">2027-02-30<", true),
    (">High<", ">high<", false),
    (">Aerial &gt; 1 m<", ">123456789 123456789 123456789 123456789 123456789 1<", false),
    // Structure.
    ("<coverage>", "text<coverage>", false),
    ("<coverage>", "<coverage a='1'>", false),
    ("</coverage>", "</coverage><notCovered/>", false),
    ("</coverage>", "<more/></coverage>", false),
    ("urn:smi:csp:1", "urn:smi:csp:2", false),
    ("<cspRegion>South</cspRegion>", "", false),
    // The answer to another question is valid, and refused.
    (">South<", ">Central<", true),
    (">ZZ1 1AA<", ">ZZ1 1AB<", true),
    ("PostcodeCoverageAnswer", "PostcodeCoverageRequest", false),
];

fn changed(change: &(&str, &str, bool), good: &str) -> String {
    let (from, to, _) = change;
    assert!(good.contains(from), "{from} is not in {good}");
    good.replace(from, to)
}

fn good() -> CoverageAnswer {
    let question = questions().into_iter().find(|question| question.region == CspRegion::South).unwrap();
    CoverageAnswer { question, says: CspAnswer::Covered(coverage(WanTechnology::Cellular, true)) }
}

/// What is wrong is told with its place and without a word of what stood there.
#[test]
fn nonsense_is_refused_with_its_place_alone() {
    let good = good();
    let mut told = Vec::new();
    for change in &CHANGES {
        let text = changed(change, &good.encode());
        let refusal = read_answer(text.as_bytes(), &good.question).unwrap_err().to_string();
        told.push(refusal);
    }
    let secret = good.encode().replace(">High<", ">1 Secret Street<");
    for text in
        [secret.clone(), secret.replace("</connectivityLikelihood>", ""), secret.replace("High", "<Secret/>")]
    {
        let refusal = read_answer(text.as_bytes(), &good.question).unwrap_err().to_string();
        assert!(!refusal.contains("Secret"), "{refusal}");
        told.push(refusal);
    }
    insta::assert_snapshot!("nonsense", told.join("\n"));
}

#[test]
fn the_schema_of_csps_and_the_reader_agree() {
    if !is_there("xmllint") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(directory.path().join(name), text).unwrap();
    for (at, question) in questions().iter().enumerate() {
        write(&format!("good-question-{at}"), &question.encode());
    }
    for (at, answer) in answers().iter().enumerate() {
        write(&format!("good-answer-{at}"), &answer.encode());
    }
    for (at, change) in CHANGES.iter().enumerate() {
        write(&format!("changed-{at}"), &changed(change, &good().encode()));
    }
    let verdicts = xmllint(&package().join("schemas/csp/coverage.xsd"), directory.path());
    assert_eq!(verdicts.len(), questions().len() + answers().len() + CHANGES.len());
    for (name, valid) in verdicts {
        let expected = match name.strip_prefix("changed-") {
            Some(at) => CHANGES[at.parse::<usize>().unwrap()].2,
            None => true,
        };
        let text = fs::read_to_string(directory.path().join(&name)).unwrap();
        assert_eq!(valid, expected, "{name}: {text}");
    }
}
