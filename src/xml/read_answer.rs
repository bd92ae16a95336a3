//! What a client wants to know of a message, read leniently: it need not be valid.

use super::{Document, Node, NodeId, names};
use crate::domain::{Malformed, RequestId, ResponseCode, ServiceReferenceVariant};

/// The gist of an `sr:Response`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerSummary {
    /// The request it answers, where the answer repeats it.
    pub request_id: Option<RequestId>,
    /// The response code.
    pub code: ResponseCode,
    /// The ResponseDateTime as written.
    pub date_time: String,
    /// The request's variant, where the answer is a ResponseMessage and the variant is known.
    pub variant: Option<ServiceReferenceVariant>,
}

/// Why a document is not read as an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// Another root.
    #[error("the root is `{0}`, not a `Response` of DUIS")]
    Root(String),
    /// Something every answer has is missing.
    #[error("the answer has no `{0}`")]
    Missing(&'static str),
    /// A response code that no published schema has.
    #[error(transparent)]
    Code(#[from] Malformed),
}

/// Reads the gist of an answer, which need not be valid otherwise.
///
/// # Errors
/// When it is no `sr:Response`, or has no ResponseCode that is known, or no ResponseDateTime.
pub fn read_answer(document: &Document) -> Result<AnswerSummary, NoAnswer> {
    let root = document.root();
    if document.element(root).is_none_or(|element| !element.is(names::DUIS, "Response")) {
        let local = document.element(root).map_or("", |element| element.local);
        return Err(NoAnswer::Root(local.to_owned()));
    }
    let text = |path: &[&str]| value_at(document, root, path);
    let variant = text(&["Body", "ResponseMessage", "ServiceReferenceVariant"]);
    Ok(AnswerSummary {
        request_id: text(&["Header", "RequestID"]).and_then(|id| id.parse().ok()),
        code: text(&["Header", "ResponseCode"]).ok_or(NoAnswer::Missing("ResponseCode"))?.parse()?,
        date_time: text(&["Header", "ResponseDateTime"]).ok_or(NoAnswer::Missing("ResponseDateTime"))?,
        variant: variant.and_then(|variant| variant.parse().ok()),
    })
}

/// The RequestID of a request or an answer as written, whether or not it is one.
pub fn request_id_text(document: &Document) -> Option<String> {
    value_at(document, document.root(), &["Header", "RequestID"])
}

/// The text of the element that a path of DUIS names leads to, without whitespace around it.
fn value_at(document: &Document, from: NodeId, path: &[&str]) -> Option<String> {
    let mut at = from;
    for local in path {
        let mut children = document.child_elements(at);
        at = children.find(|(_, element)| element.is(names::DUIS, local)).map(|(id, _)| id)?;
    }
    let pieces = document.children(at).filter_map(|(_, node)| match node {
        Node::Text(text) => Some(&**text),
        Node::Start(_) | Node::End(_) | Node::Comment | Node::Instruction(..) => None,
    });
    Some(pieces.collect::<String>().trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<AnswerSummary, NoAnswer> {
        read_answer(&crate::xml::parse(text.as_bytes()).unwrap())
    }

    fn answer(header: &str) -> String {
        let duis = names::DUIS;
        format!("<Response xmlns='{duis}'><Header>{header}</Header></Response>")
    }

    #[test]
    fn an_answer_that_is_not_valid_is_read_nevertheless() {
        let header = "<ResponseCode>\nE<!-- -->100 </ResponseCode><ResponseDateTime>now</ResponseDateTime>";
        let expected = AnswerSummary {
            request_id: None,
            code: ResponseCode::E100,
            date_time: "now".to_owned(),
            variant: None,
        };
        assert_eq!(read(&answer(header)), Ok(expected));
    }

    #[test]
    fn a_code_that_nobody_published_is_refused() {
        assert!(matches!(read(&answer("<ResponseCode>E9999</ResponseCode>")), Err(NoAnswer::Code(_))));
    }

    #[test]
    fn a_request_id_is_read_as_written() {
        let text = answer("<RequestID> x </RequestID>");
        let document = crate::xml::parse(text.as_bytes()).unwrap();
        assert_eq!(request_id_text(&document).as_deref(), Some("x"));
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        assert_eq!(read("<Response/>"), Err(NoAnswer::Root("Response".to_owned())));
        assert_eq!(read(&answer("")), Err(NoAnswer::Missing("ResponseCode")));
        assert_eq!(
            read(&answer("<ResponseCode>I0</ResponseCode>")),
            Err(NoAnswer::Missing("ResponseDateTime"))
        );
    }
}
