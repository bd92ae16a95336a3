//! `GET /manage/notices`: who is told what, how and when; and `POST /manage/notices/{id}/told`: a recipient was told.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::{
    page::page,
    reply::{self, ApiError, ApiResult, BodyResult},
};
use crate::{
    domain::{Malformed, NoticeChannel, Recipient, instant_text},
    service::App,
    store::{KeyedNotice, ListOrder, NoticeFilter, Paged},
    web::body::BufferedBody,
};

/// The query: which notices, and the page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoticesQuery {
    audience: Option<String>,
    about: Option<String>,
    pending: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

pub(super) async fn list(
    app: web::Data<App>,
    asked: Result<web::Query<NoticesQuery>, actix_web::Error>,
) -> HttpResponse {
    match asked {
        Ok(asked) => reply::blocking(move || find(&app, asked.into_inner())).await,
        Err(error) => reply::json::<ListedNotices>(Err(ApiError::malformed("query", error))),
    }
}

fn find(app: &App, asked: NoticesQuery) -> ApiResult<ListedNotices> {
    let page = page(asked.after.as_deref(), asked.limit.as_deref())?;
    let filter = NoticeFilter {
        audience: parsed("audience", asked.audience.as_deref())?,
        about: asked.about,
        pending: parsed("pending", asked.pending.as_deref())?,
        kinds: &[],
    };
    let notices = app.notices(&filter, ListOrder::OldestFirst, page).map_err(ApiError::fault)?;
    Ok(notices.into())
}

fn parsed<T: std::str::FromStr<Err = Malformed>>(place: &str, text: Option<&str>) -> ApiResult<Option<T>> {
    text.map(str::parse).transpose().map_err(|reason| ApiError::malformed(place, reason))
}

/// The body of `POST .../told`. `channel` is `hand` by default; `smi notices spool` says `mail`.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Told {
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    name: String,
    #[validate(length(min = 1, max = 100, message = "has 1 to 100 characters"))]
    by: String,
    channel: Option<String>,
}

pub(super) async fn told(app: web::Data<App>, id: web::Path<String>, body: BodyResult) -> HttpResponse {
    let body = reply::buffered(body);
    reply::blocking(move || mark(&app, &id, body)).await
}

fn mark(app: &App, id: &str, body: ApiResult<BufferedBody>) -> ApiResult<ShownNotice> {
    let id = id.parse().map_err(|_| ApiError::malformed("id", "a notice's number is wanted, as listed"))?;
    let Told { name, by, channel } = reply::read(body)?;
    let name = name.parse().map_err(|reason| ApiError::malformed("name", reason))?;
    let by = by.parse().map_err(|reason| ApiError::malformed("by", reason))?;
    let channel = parsed("channel", channel.as_deref())?.unwrap_or(NoticeChannel::Hand);
    if !matches!(channel, NoticeChannel::Hand | NoticeChannel::Mail) {
        return Err(ApiError::malformed("channel", "a recipient is told by `hand` or by `mail`"));
    }
    let told = app.mark_told(id, name, channel, by).map_err(ApiError::fault)?;
    let unknown = || format!("there is no notice {id} with a recipient of that name");
    told.map(ShownNotice::from).ok_or_else(|| ApiError::new(StatusCode::NOT_FOUND, unknown()))
}

/// A page of notices as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListedNotices {
    /// The notices, oldest first.
    pub notices: Vec<ShownNotice>,
    /// What `after` of the next page says; null on the last one.
    pub next: Option<String>,
}

/// A notice as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownNotice {
    /// Its number.
    pub id: i64,
    /// Its kind.
    pub kind: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// What it is about.
    pub about: String,
    /// When it was written.
    pub created_at: String,
    /// Who is told.
    pub recipients: Vec<ShownRecipient>,
}

/// A recipient as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownRecipient {
    /// The audience.
    pub audience: String,
    /// The name.
    pub name: String,
    /// The User, where the recipient is one.
    pub user_id: Option<String>,
    /// The mail address, if there is one.
    pub address: Option<String>,
    /// How the recipient is told, or was told.
    pub channel: String,
    /// When; null before it.
    pub told_at: Option<String>,
}

impl From<Paged<KeyedNotice>> for ListedNotices {
    fn from(Paged { rows, next }: Paged<KeyedNotice>) -> Self {
        let notices = rows.into_iter().map(ShownNotice::from).collect();
        Self { notices, next: next.map(|id| id.to_string()) }
    }
}

impl ShownNotice {
    /// The columns of notices as CSV: a line a recipient.
    pub const COLUMNS: [&str; 11] = [
        "notice_id",
        "created_at",
        "kind",
        "about",
        "subject",
        "audience",
        "name",
        "user_id",
        "address",
        "channel",
        "told_at",
    ];

    /// The cells of its lines.
    pub fn cells(&self) -> impl Iterator<Item = [String; 11]> {
        self.recipients.iter().map(|recipient| {
            let ShownRecipient { audience, name, user_id, address, channel, told_at } = recipient.clone();
            [
                self.id.to_string(),
                self.created_at.clone(),
                self.kind.clone(),
                self.about.clone(),
                self.subject.clone(),
                audience,
                name,
                user_id.unwrap_or_default(),
                address.unwrap_or_default(),
                channel,
                told_at.unwrap_or_default(),
            ]
        })
    }
}

impl From<KeyedNotice> for ShownNotice {
    fn from(KeyedNotice { id, notice }: KeyedNotice) -> Self {
        Self {
            id,
            kind: notice.kind.to_string(),
            subject: notice.subject.to_string(),
            text: notice.text,
            about: notice.about,
            created_at: instant_text(notice.created_at),
            recipients: notice.recipients.into_iter().map(ShownRecipient::from).collect(),
        }
    }
}

impl From<Recipient> for ShownRecipient {
    fn from(recipient: Recipient) -> Self {
        let Recipient { audience, name, user, address, channel, told_at } = recipient;
        Self {
            audience: audience.to_string(),
            name: name.to_string(),
            user_id: user.map(|user| user.to_string()),
            address: address.map(|address| address.to_string()),
            channel: channel.to_string(),
            told_at: told_at.map(instant_text),
        }
    }
}
