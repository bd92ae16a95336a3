//! Users: who may ask, and until when their certificates hold.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Serialize;

use super::{
    download::File,
    frame::Frame,
    page_error::{PageError, PageResult},
    query::{DOWNLOAD, PAGE, Parameters},
    reply,
    shown::{DecisionRow, UserLink, When},
    wanted::{Download, Format, Wanted},
};
use crate::{
    domain::{Eui64, UserStatus, instant_text},
    service::{
        App,
        console::{DecisionFilterValue, UserWithCertificate},
    },
};

/// The parameters of the address.
const KNOWN: [&str; 1] = ["after"];
/// The decisions on the page of a User.
const DECISIONS: u16 = 10;
/// A certificate that ends within so many days is a warning.
const SOON: i64 = 30;

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage {
    frame: Frame,
    users: Vec<UserRow>,
    next: Option<String>,
    csv: String,
    json: String,
}

#[derive(Template)]
#[template(path = "user.html")]
struct UserPage {
    frame: Frame,
    id: Eui64,
    /// None where the ID is known by its requests alone.
    user: Option<UserRow>,
    rows: Vec<DecisionRow>,
}

/// A User as lists and its page show it.
struct UserRow {
    id: Eui64,
    link: UserLink,
    signifier: String,
    name: String,
    roles: String,
    is_active: bool,
    address: Option<String>,
    certificate_ends: Option<When>,
    days_left: Option<i64>,
}

impl UserRow {
    fn ends_soon(&self) -> bool {
        self.days_left.is_some_and(|days| days < SOON)
    }
}

fn roles_of(user: &UserWithCertificate) -> Vec<&'static str> {
    user.user.roles.iter().map(|role| role.as_str()).collect()
}

impl From<UserWithCertificate> for UserRow {
    fn from(user: UserWithCertificate) -> Self {
        Self {
            id: user.user.id,
            link: UserLink(user.user.id),
            roles: roles_of(&user).join(", "),
            is_active: user.user.status == UserStatus::Active,
            signifier: user.user.party_signifier,
            name: user.user.party_name,
            address: user.user.receive_response_url,
            certificate_ends: user.certificate_ends.map(When),
            days_left: user.days_left,
        }
    }
}

/// A page of Users, and the ID behind which the next one begins.
fn find(
    app: &App,
    parameters: &Parameters,
    limit: u16,
) -> PageResult<(Vec<UserWithCertificate>, Option<Eui64>)> {
    // One more than the page has shows whether another page follows.
    let mut users = app.users_after(parameters.value("after")?, limit + 1)?;
    let has_more = users.len() > usize::from(limit);
    users.truncate(limit.into());
    let last = users.last().filter(|_| has_more).map(|user| user.user.id);
    Ok((users, last))
}

pub(super) async fn list(app: web::Data<App>, frame: Frame, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::of(&request, &KNOWN);
    let work = move |frame| {
        let parameters = parameters?;
        let (users, last) = find(&app, &parameters, PAGE)?;
        let at = |path: &str, after: Option<Eui64>| parameters.with(path, "after", after);
        Ok(UsersPage {
            frame,
            users: users.into_iter().map(UserRow::from).collect(),
            next: last.map(|last| at("/users", Some(last))),
            csv: at("/users.csv", None),
            json: at("/users.json", None),
        })
    };
    reply::page(frame.titled("Users"), work).await
}

/// The columns of the download: those of users.csv that are told of a User, and the end of its certificate.
const COLUMNS: [&str; 7] = [
    "user_id",
    "party_signifier",
    "party_name",
    "roles",
    "status",
    "receive_response_url",
    "certificate_ends",
];

pub(super) async fn download(wanted: Wanted) -> HttpResponse {
    let work = |asked: &Download| {
        let (users, last) = find(&asked.app, &asked.parameters, DOWNLOAD)?;
        let (users, next) = (users.into_iter().map(ListedUser::from), asked.next("after", last));
        let file = match asked.format {
            Format::Csv => File::csv("users", COLUMNS, users.map(ListedUser::cells))?,
            Format::Json => File::json("users", &ListedUsers { users: users.collect(), next: next.clone() })?,
        };
        Ok(file.followed_by(next))
    };
    wanted.answer(&KNOWN, work).await
}

/// The list as JSON.
#[derive(Serialize)]
struct ListedUsers {
    users: Vec<ListedUser>,
    /// The address of the next part; null on the last one.
    next: Option<String>,
}

#[derive(Serialize)]
struct ListedUser {
    user_id: String,
    party_signifier: String,
    party_name: String,
    roles: Vec<&'static str>,
    status: &'static str,
    receive_response_url: Option<String>,
    certificate_ends: Option<String>,
}

impl From<UserWithCertificate> for ListedUser {
    fn from(user: UserWithCertificate) -> Self {
        Self {
            user_id: user.user.id.to_string(),
            roles: roles_of(&user),
            status: user.user.status.as_str(),
            party_signifier: user.user.party_signifier,
            party_name: user.user.party_name,
            receive_response_url: user.user.receive_response_url,
            certificate_ends: user.certificate_ends.map(instant_text),
        }
    }
}

impl ListedUser {
    fn cells(self) -> [String; 7] {
        [
            self.user_id,
            self.party_signifier,
            self.party_name,
            self.roles.join(";"),
            self.status.to_owned(),
            self.receive_response_url.unwrap_or_default(),
            self.certificate_ends.unwrap_or_default(),
        ]
    }
}

pub(super) async fn show(app: web::Data<App>, frame: Frame, id: web::Path<String>) -> HttpResponse {
    let frame = frame.below("Users", "/users");
    reply::page(frame, move |frame| find_one(&app, frame, &id)).await
}

fn find_one(app: &App, frame: Frame, id: &str) -> PageResult<UserPage> {
    let missing =
        || PageError::not_found(format!("There is no User {id}. Load Users with `smi import users FILE`."));
    let id = id.parse::<Eui64>().map_err(|_| missing())?;
    let user = app.user(id)?;
    let filter = DecisionFilterValue { user: Some(id), ..DecisionFilterValue::default() };
    let rows = app.search_decisions(&filter, None, DECISIONS)?.rows;
    if user.is_none() && rows.is_empty() {
        return Err(missing());
    }
    Ok(UserPage {
        frame: frame.titled(format!("User {id}")),
        id,
        user: user.map(UserRow::from),
        rows: rows.into_iter().map(DecisionRow::from).collect(),
    })
}
