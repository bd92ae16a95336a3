//! The frame of a page: what stands around its content.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, web};

use super::{assets, navigation::Navigation};
use crate::{
    domain::Instance,
    service::{
        App,
        console::{ConsoleRole, SignedIn},
    },
};

/// The frame of a page.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// What the page is called.
    pub(super) title: String,
    /// The pages above it, from the first.
    pub(super) crumbs: Vec<Crumb>,
    /// The name of the instance, where it was given one.
    pub(super) instance: Option<String>,
    /// Who is signed in.
    pub(super) person: Option<Person>,
    /// The path that was asked for.
    pub(super) path: String,
    /// Whether this is a test instance.
    is_test: bool,
    /// The version in the addresses of style sheet, script and icon.
    pub(super) assets: String,
}

/// A page above.
#[derive(Clone, Debug)]
pub(super) struct Crumb {
    pub(super) name: String,
    pub(super) address: String,
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) role: &'static str,
    /// Whether they may send forms.
    pub(super) is_operator: bool,
    /// The token that each of their forms carries.
    pub(super) form_token: String,
}

impl Frame {
    /// The frame of a page for who is signed in.
    pub(super) fn of(request: &HttpRequest, title: &str) -> Self {
        let signed_in = request.extensions().get::<SignedIn>().cloned();
        Self::new(request, title, signed_in)
    }

    /// The frame of a page for who has just signed in.
    pub(super) fn for_person(request: &HttpRequest, title: &str, signed_in: SignedIn) -> Self {
        Self::new(request, title, Some(signed_in))
    }

    fn new(request: &HttpRequest, title: &str, signed_in: Option<SignedIn>) -> Self {
        let app = request.app_data::<web::Data<App>>();
        Self {
            title: title.to_owned(),
            crumbs: Vec::new(),
            instance: app
                .map(|app| &app.choices().instance)
                .filter(|name| **name != Instance::default())
                .map(|name| name.as_str().to_owned()),
            person: signed_in.map(|signed_in| Person {
                name: signed_in.name.to_string(),
                role: signed_in.role.as_str(),
                is_operator: signed_in.role == ConsoleRole::Operator,
                form_token: signed_in.form_token.reveal().to_owned(),
            }),
            path: request.path().to_owned(),
            is_test: app.is_some_and(|app| app.test_bench().is_ok()),
            assets: assets::version(),
        }
    }

    /// The same for a page of this title.
    pub(super) fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// The same below that page.
    pub(super) fn below(mut self, name: &str, address: &str) -> Self {
        self.crumbs.push(Crumb { name: name.to_owned(), address: address.to_owned() });
        self
    }

    /// The navigation.
    pub(super) fn navigation(&self) -> Navigation {
        Navigation::at(&self.path, self.is_test)
    }

    /// Whether forms are shown.
    pub(super) fn is_operator(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.is_operator)
    }

    /// The token that a form carries.
    pub(super) fn form_token(&self) -> &str {
        self.person.as_ref().map_or("", |person| &person.form_token)
    }
}

/// A handler's frame; [`Frame::titled`] gives it its title.
impl FromRequest for Frame {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request, "")))
    }
}
