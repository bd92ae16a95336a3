//! Notices: who is told what, how and when. An operator marks a recipient as told by hand.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{
    about::page_of,
    download::File,
    frame::Frame,
    page_error::{PageError, PageResult},
    query::{DOWNLOAD, PAGE, Parameters},
    reply::{self, Answer},
    sent::Sent,
    shown::{UserLink, When},
    wanted::{Download, Format, Wanted},
};
use crate::{
    domain::{ActArea, ActorName, Audience, NoticeChannel, NoticeKind, Recipient},
    service::{
        App,
        console::{KeyedNoticeValue, ListOrderValue, NoticeFilterValue, PageRequestValue, PageValue},
    },
    web::manage::{ListedNotices, ShownNotice},
};

/// The parameters of the address.
const KNOWN: [&str; 4] = ["audience", "about", "pending", "before"];

#[derive(Template)]
#[template(path = "notices.html")]
struct NoticesPage {
    frame: Frame,
    parameters: Parameters,
    rows: Vec<NoticeRow>,
    next: Option<String>,
    csv: String,
    json: String,
    audiences: &'static [Audience],
    channels: &'static [NoticeChannel],
}

impl NoticesPage {
    fn value(&self, name: &str) -> &str {
        self.parameters.text(name).unwrap_or_default()
    }

    fn has_filters(&self) -> bool {
        self.parameters.has_filters("before")
    }
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage {
    frame: Frame,
    row: NoticeRow,
    text: String,
    recipients: Vec<RecipientRow>,
}

/// A notice as pages show it.
struct NoticeRow {
    id: i64,
    created: When,
    kind: String,
    subject: String,
    about: String,
    /// The page of what it is about.
    link: Option<String>,
    recipients: usize,
    told: usize,
    /// Recipients whom nobody can be told.
    nobody: usize,
}

impl From<&KeyedNoticeValue> for NoticeRow {
    fn from(KeyedNoticeValue { id, notice }: &KeyedNoticeValue) -> Self {
        let count = |is_counted: fn(&Recipient) -> bool| {
            notice.recipients.iter().filter(|recipient| is_counted(recipient)).count()
        };
        Self {
            id: *id,
            created: When(notice.created_at),
            kind: notice.kind.to_string(),
            subject: notice.subject.to_string(),
            about: notice.about.clone(),
            link: area_of(&notice.kind).and_then(|area| page_of(area, &notice.about)),
            recipients: notice.recipients.len(),
            told: count(|recipient| recipient.told_at.is_some()),
            nobody: count(|recipient| recipient.channel == NoticeChannel::Nobody),
        }
    }
}

/// The area of a notice, which its kind begins with.
fn area_of(kind: &NoticeKind) -> Option<ActArea> {
    kind.as_str().split('.').next()?.parse().ok()
}

/// A recipient as the page of a notice shows it.
struct RecipientRow {
    audience: Audience,
    name: String,
    user: Option<UserLink>,
    address: Option<String>,
    how: &'static str,
    told: Option<When>,
}

impl From<Recipient> for RecipientRow {
    fn from(recipient: Recipient) -> Self {
        Self {
            audience: recipient.audience,
            name: recipient.name.to_string(),
            user: recipient.user.map(UserLink),
            address: recipient.address.map(|address| address.to_string()),
            how: match recipient.channel {
                NoticeChannel::Mail => "by mail",
                NoticeChannel::Feed => "by lists and feeds",
                NoticeChannel::Hand => "by hand",
                NoticeChannel::Nobody => "nobody to tell",
            },
            told: recipient.told_at.map(When),
        }
    }
}

fn find(app: &App, parameters: &Parameters, limit: u16) -> PageResult<PageValue<KeyedNoticeValue>> {
    let filter = NoticeFilterValue {
        audience: parameters.value("audience")?,
        about: parameters.text("about").map(str::to_owned),
        pending: parameters.value("pending")?,
        kinds: &[],
    };
    let page = PageRequestValue { after: parameters.key("before")?, limit };
    Ok(app.notices(&filter, ListOrderValue::NewestFirst, page)?)
}

pub(super) async fn list(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move |frame| {
        let parameters = parameters?;
        let PageValue { rows, next } = find(&app, &parameters, PAGE)?;
        let at = |path: &str, key| parameters.with(path, "before", key);
        Ok(NoticesPage {
            frame,
            rows: rows.iter().map(NoticeRow::from).collect(),
            next: next.map(|key| at("/notices", Some(key))),
            csv: at("/notices.csv", None),
            json: at("/notices.json", None),
            audiences: Audience::ALL,
            channels: NoticeChannel::ALL,
            parameters,
        })
    };
    reply::page(frame.titled("Notices"), work).await
}

pub(super) async fn download(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let found = find(&asked.app, &asked.parameters, DOWNLOAD)?;
        let next = asked.next("before", found.next);
        let listed = ListedNotices { next: next.clone(), ..found.into() };
        let file = match asked.format {
            Format::Csv => {
                let lines = listed.notices.iter().flat_map(ShownNotice::cells);
                File::csv("notices", ShownNotice::COLUMNS, lines)?
            }
            Format::Json => File::json("notices", &listed)?,
        };
        Ok(file.followed_by(next))
    };
    wanted.answer(&KNOWN, work).await
}

fn no_notice(number: &str) -> PageError {
    PageError::not_found(format!("There is no notice {number}."))
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, number: web::Path<String>) -> HttpResponse {
    let frame = frame.titled(format!("Notice {number}")).below("Notices", "/notices");
    let work = move |frame| {
        let found = number.parse().ok().map(|id| app.notice(id)).transpose()?.flatten();
        let found = found.ok_or_else(|| no_notice(&number))?;
        let row = NoticeRow::from(&found);
        let recipients = found.notice.recipients.into_iter().map(RecipientRow::from).collect();
        Ok(NoticePage { frame, row, text: found.notice.text, recipients })
    };
    reply::page(frame, work).await
}

/// Marks a recipient as told by hand, as `POST /manage/notices/{id}/told` does.
pub(super) async fn told(number: web::Path<String>, sent: Sent) -> HttpResponse {
    let work = move |Sent { app, form, by, .. }: &Sent| {
        let id = number.parse::<i64>().map_err(|_| no_notice(&number))?;
        let name = form.exact("name").parse().map_err(|reason| PageError::field("name", reason))?;
        let told = app.mark_told(id, name, NoticeChannel::Hand, ActorName::from(by))?;
        let unknown = || PageError::not_found(format!("Notice {id} has no recipient of that name."));
        told.ok_or_else(unknown)?;
        tracing::info!(%by, notice = id, "recipient of a notice told by hand");
        Ok(Answer::To(format!("/notices/{id}")))
    };
    sent.answer(work).await
}
