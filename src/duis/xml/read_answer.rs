//! The lenient answer reader of the client tools: the other service may use codes that this one does not know.

use super::{Document, Node, NodeId, names};
use crate::domain::{RequestId, ServiceReferenceVariant};

/// The main values of an `sr:Response`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerSummary {
    /// The request it answers, if the answer repeats it.
    pub request_id: Option<RequestId>,
    /// The response code as written.
    pub code: String,
    /// The ResponseDateTime as written.
    pub date_time: String,
    /// The request's variant, if the answer is a ResponseMessage and the variant is known.
    pub variant: Option<ServiceReferenceVariant>,
}

/// Why a document cannot be read as an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerFault {
    /// It has another root.
    #[error("the root is `{0}`, not a `Response` of DUIS")]
    Root(String),
    /// A mandatory element is missing.
    #[error("the answer has no `{0}`")]
    Missing(&'static str),
}

/// Reads the main values of an answer, which need not be valid by the schema.
///
/// # Errors
/// When it is not an `sr:Response`, or has no ResponseCode or ResponseDateTime.
pub fn read_answer(document: &Document) -> Result<AnswerSummary, AnswerFault> {
    let root = document.root();
    if document.element(root).is_none_or(|element| !element.is(names::DUIS, "Response")) {
        let local = document.element(root).map_or("", |element| element.local);
        return Err(AnswerFault::Root(local.to_owned()));
    }
    let text = |path: &[&str]| value_at(document, root, path);
    let variant = text(&["Body", "ResponseMessage", "ServiceReferenceVariant"]);
    Ok(AnswerSummary {
        request_id: text(&["Header", "RequestID"]).and_then(|id| id.parse().ok()),
        code: text(&["Header", "ResponseCode"]).ok_or(AnswerFault::Missing("ResponseCode"))?,
        date_time: text(&["Header", "ResponseDateTime"]).ok_or(AnswerFault::Missing("ResponseDateTime"))?,
        variant: variant.and_then(|variant| variant.parse().ok()),
    })
}

/// The text of the RequestID in the Header of a message, trimmed but not parsed.
pub fn request_id_text(document: &Document) -> Option<String> {
    value_at(document, document.root(), &["Header", "RequestID"])
}

/// The CSP Regions of an SR 12.1 answer whose WANTechnology is one space, which means `Unknown` (MP106-R3).
pub fn unknown_wan_variants(document: &Document) -> Vec<String> {
    let of_regions = document.nodes().filter(|(_, node)| match node {
        Node::Start(element) => {
            ["DSPWANMatrixResponse", "DSPWANMatrix"].iter().any(|local| element.is(names::DUIS, local))
        }
        Node::End(_) | Node::Text(_) | Node::Comment | Node::Instruction(..) => false,
    });
    let unknown =
        of_regions.filter(|(at, _)| text_at(document, *at, &["WANTechnology"]).as_deref() == Some(" "));
    unknown.map(|(at, _)| value_at(document, at, &["CSPRegion"]).unwrap_or_default()).collect()
}

/// The trimmed text of the element at a path of local names in the namespace of DUIS.
fn value_at(document: &Document, from: NodeId, path: &[&str]) -> Option<String> {
    Some(text_at(document, from, path)?.trim().to_owned())
}

/// The text of the element at a path, with all its whitespace.
fn text_at(document: &Document, from: NodeId, path: &[&str]) -> Option<String> {
    let mut at = from;
    for local in path {
        let mut children = document.child_elements(at);
        at = children.find(|(_, element)| element.is(names::DUIS, local)).map(|(id, _)| id)?;
    }
    let pieces = document.children(at).filter_map(|(_, node)| match node {
        Node::Text(text) => Some(&**text),
        Node::Start(_) | Node::End(_) | Node::Comment | Node::Instruction(..) => None,
    });
    Some(pieces.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<AnswerSummary, AnswerFault> {
        read_answer(&crate::duis::xml::parse(text.as_bytes()).unwrap())
    }

    fn answer(header: &str) -> String {
        let duis = names::DUIS;
        format!("<Response xmlns='{duis}'><Header>{header}</Header></Response>")
    }

    #[test]
    fn a_code_that_is_not_ours_is_kept() {
        let header = "<ResponseCode>\nE<!-- -->9999 </ResponseCode><ResponseDateTime>now</ResponseDateTime>";
        let expected =
            AnswerSummary { request_id: None, code: "E9999".into(), date_time: "now".into(), variant: None };
        assert_eq!(read(&answer(header)), Ok(expected));
    }

    /// MP106-R3, R8.
    #[test]
    fn one_space_is_unknown_and_nothing_else_is() {
        let unknown = |variants: &[&str], one: &str| {
            let answers = variants.iter().enumerate().map(|(at, variant)| {
                format!("<{one}><CSPRegion>{at}</CSPRegion><WANTechnology>{variant}</WANTechnology></{one}>")
            });
            let text =
                format!("<Response xmlns='{}'>{}</Response>", names::DUIS, answers.collect::<String>());
            unknown_wan_variants(&crate::duis::xml::parse(text.as_bytes()).unwrap())
        };
        assert_eq!(unknown(&["Cellular", " ", "", "  ", "&#9;", " "], "DSPWANMatrixResponse"), ["1", "5"]);
        assert_eq!(unknown(&[" "], "DSPWANMatrix"), ["0"]);
    }

    #[test]
    fn a_request_id_is_read_as_written() {
        let text = answer("<RequestID> x </RequestID>");
        let document = crate::duis::xml::parse(text.as_bytes()).unwrap();
        assert_eq!(request_id_text(&document).as_deref(), Some("x"));
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        assert_eq!(read("<Response/>"), Err(AnswerFault::Root("Response".to_owned())));
        assert_eq!(read(&answer("")), Err(AnswerFault::Missing("ResponseCode")));
        assert_eq!(
            read(&answer("<ResponseCode>I0</ResponseCode>")),
            Err(AnswerFault::Missing("ResponseDateTime"))
        );
    }
}
