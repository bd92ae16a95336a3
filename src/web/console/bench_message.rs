//! A message of the journal: its request and answer laid out, and how they differ from those of another.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    bench_journal::{MessageRow, PATH},
    bench_tools::bench_of,
    frame::Frame,
    page_error::PageError,
    query::Parameters,
    reply,
    xml::{self, XmlRow},
};
use crate::{
    domain::escape_invisible_in_lines,
    service::{
        App, MessageExcerpt,
        console::{BodyLines, DifferingLine},
        test_bench::{Header, Journal, JournalEntry, JournalFilter, Recorded},
    },
};

/// How many messages are looked back for one to compare with.
const LOOK_BACK: u16 = 1_000;

#[derive(Template)]
#[template(path = "bench_message.html")]
struct MessagePage {
    frame: Frame,
    row: MessageRow,
    bodies: [BodyView; 2],
    /// The number of the message before it that is of its kind and Service Request.
    before: Option<i64>,
    /// The number of the message that it is compared with.
    with: Option<i64>,
}

/// A request or an answer.
struct BodyView {
    id: &'static str,
    title: &'static str,
    headers: Vec<Header>,
    /// The number of bytes; none where there is no body.
    bytes: Option<usize>,
    /// It, laid out, where it is XML.
    lines: Vec<XmlRow>,
    /// Its beginning, where it is none.
    excerpt: Option<MessageExcerpt>,
    /// The lines that another has and this has not, and the other way round; none where nothing is compared.
    differences: Option<Vec<DifferingLine>>,
}

impl BodyView {
    fn new(id: &'static str, title: &'static str, headers: &[Header], body: Option<&Vec<u8>>) -> Self {
        let lines = body.map(|body| BodyLines::of(body)).unwrap_or_default().lines;
        let excerpt = body.filter(|body| lines.is_empty() && !body.is_empty()).map(|body| {
            let excerpt = MessageExcerpt::of(body);
            MessageExcerpt { text: escape_invisible_in_lines(&excerpt.text), ..excerpt }
        });
        Self {
            id,
            title,
            headers: headers.to_vec(),
            bytes: body.map(Vec::len),
            lines: xml::rows(lines),
            excerpt,
            differences: None,
        }
    }

    /// The name of the place of its lines, which is another than its heading's.
    fn label(&self) -> String {
        format!("{}, laid out", self.title)
    }

    /// With what differs from another body.
    fn against(self, own: Option<&Vec<u8>>, other: Option<&Vec<u8>>) -> Self {
        let lines = |body: Option<&Vec<u8>>| body.map(|body| BodyLines::of(body)).unwrap_or_default();
        Self { differences: Some(lines(other).difference(&lines(own))), ..self }
    }
}

fn bodies(one: &Recorded, other: Option<&Recorded>) -> [BodyView; 2] {
    let request = BodyView::new("request", "Request", &one.request_headers, one.request.as_ref());
    let answer = BodyView::new("answer", "Answer", &one.answer_headers, one.answer.as_ref());
    match other {
        None => [request, answer],
        Some(other) => [
            request.against(one.request.as_ref(), other.request.as_ref()),
            answer.against(one.answer.as_ref(), other.answer.as_ref()),
        ],
    }
}

/// The message before one that is of its kind and Service Request, if it is not long ago.
fn before(journal: &Journal, JournalEntry { number, recorded }: &JournalEntry) -> Option<i64> {
    let filter = JournalFilter { kind: Some(recorded.kind), ..JournalFilter::default() };
    let before = journal.newest(&filter, Some(*number), LOOK_BACK);
    before.iter().find(|entry| entry.recorded.variant == recorded.variant).map(|entry| entry.number)
}

pub(super) async fn show(
    app: web::Data<App>,
    frame: Frame,
    number: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let parameters = Parameters::of(&request, &["with"]);
    let frame = frame.titled(format!("Message {number}")).below("Journal", PATH);
    let work = move |frame| {
        let journal = bench_of(&app)?.journal();
        let missing = |number: &str| {
            PageError::not_found(format!("The journal does not have a message {number}, or no longer."))
        };
        let entry = number.parse().ok().and_then(|number| journal.find(number));
        let entry = entry.ok_or_else(|| missing(&number))?;
        let with = parameters?.key("with")?;
        let other = with.map(|with| journal.find(with).ok_or_else(|| missing(&with.to_string())));
        let other = other.transpose()?;
        let bodies = bodies(&entry.recorded, other.as_ref().map(|other| &other.recorded));
        let before = before(journal, &entry);
        Ok(MessagePage { frame, row: MessageRow::from(&*entry), bodies, before, with })
    };
    reply::page(frame, work).await
}
