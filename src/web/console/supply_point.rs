//! A supply point: the Suppliers of an MPxN as a time line, and the Devices that have it.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::{
    download::File,
    frame::Frame,
    page_error::{PageError, PageResult},
    query::Parameters,
    reply,
    shown::{DeviceRow, UserLink, When},
    timeline::{Holds, Timeline, role_name, timeline},
    wanted::{Download, Format, Wanted},
};
use crate::{
    domain::{Device, Mpxn, MpxnKind, Now, Registration, User, instant_text},
    service::{App, console::SupplyPoint},
};

#[derive(Template)]
#[template(path = "supply_point.html")]
struct SupplyPointPage {
    frame: Frame,
    rows: Vec<RegistrationRow>,
    picture: Option<Timeline>,
    devices: Vec<DeviceRow>,
    /// Whether there may be more registrations or Devices.
    is_cut: bool,
    csv: String,
    json: String,
}

/// A registration.
struct RegistrationRow {
    role: &'static str,
    role_name: &'static str,
    user: UserLink,
    /// Its party; absent if the inventory has no such User.
    party: Option<String>,
    from: When,
    to: Option<When>,
    holds: Holds,
}

impl SupplyPointPage {
    /// Whether the table of Devices says as what they have the MPxN.
    const fn has_kinds(&self) -> bool {
        true
    }
}

/// The address of the page of an MPxN, which may hold any character.
pub(super) fn address_of(mpxn: &str) -> String {
    format!("/mpxns/{}", utf8_percent_encode(mpxn, NON_ALPHANUMERIC))
}

fn parse(mpxn: &str) -> PageResult<Mpxn> {
    mpxn.parse().map_err(|_| PageError::not_found("An MPxN has 1 to 13 characters."))
}

pub(super) async fn show(
    app: web::Data<App>,
    frame: Frame,
    mpxn: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let parameters = Parameters::of(&request, &[]);
    let work = move |frame: Frame| {
        parameters?;
        let mpxn = parse(&mpxn)?;
        let (found, now) = (app.supply_point(&mpxn)?, app.clock().now());
        let address = address_of(mpxn.as_str());
        Ok(SupplyPointPage {
            frame: frame.titled(format!("MPxN {mpxn}")),
            picture: picture(&found, now),
            rows: found.registrations.iter().map(|row| RegistrationRow::new(row, &found, now)).collect(),
            devices: found.devices.iter().map(|device| meter_row(device, &mpxn)).collect(),
            is_cut: found.is_cut,
            csv: format!("{address}/registrations.csv"),
            json: format!("{address}/registrations.json"),
        })
    };
    reply::page(frame.below("Search", "/search"), work).await
}

fn picture(found: &SupplyPoint, now: Now) -> Option<Timeline> {
    let named = found.registrations.iter().map(|registration| {
        let user = found.users.get(&registration.user);
        let signifier = user.map(|user| user.party_signifier.as_str()).filter(|text| !text.is_empty());
        (registration, signifier.map_or_else(|| registration.user.to_string(), str::to_owned))
    });
    timeline(&named.collect::<Vec<_>>(), now)
}

fn party_of(user: &User) -> String {
    format!("{} {}", user.party_signifier, user.party_name).trim().to_owned()
}

impl RegistrationRow {
    fn new(registration: &Registration, found: &SupplyPoint, now: Now) -> Self {
        Self {
            role: registration.role.as_str(),
            role_name: role_name(registration.role),
            user: UserLink(registration.user),
            party: found.users.get(&registration.user).map(party_of),
            from: When(registration.from),
            to: registration.to.map(When),
            holds: Holds::of(registration, now),
        }
    }
}

fn meter_row(device: &Device, mpxn: &Mpxn) -> DeviceRow {
    DeviceRow { has_it_as: Some(kinds_of(device, mpxn).join(", ")), ..DeviceRow::from(device) }
}

/// As which of its MPxNs a Device has this one.
fn kinds_of(device: &Device, mpxn: &Mpxn) -> Vec<&'static str> {
    device
        .mpxns
        .iter()
        .filter(|(_, known)| *known == mpxn)
        .map(|(kind, _): (MpxnKind, _)| kind.as_str())
        .collect()
}

/// The columns of the CSV: those of registrations.csv, then what else is known.
const COLUMNS: [&str; 8] =
    ["mpxn", "role", "user_id", "effective_from", "effective_to", "party_signifier", "party_name", "holds"];

pub(super) async fn download(wanted: Wanted, mpxn: web::Path<String>) -> HttpResponse {
    let work = move |asked: &Download| {
        let (mpxn, now) = (parse(&mpxn)?, asked.app.clock().now());
        let found = asked.app.supply_point(&mpxn)?;
        match asked.format {
            Format::Csv => File::csv(
                "registrations",
                COLUMNS,
                found.registrations.iter().map(|row| cells(row, &found, now)),
            ),
            Format::Json => File::json("registrations", &ListedSupplyPoint::new(&mpxn, &found, now)),
        }
    };
    wanted.answer(&[], work).await
}

fn cells(registration: &Registration, found: &SupplyPoint, now: Now) -> [String; 8] {
    let user = found.users.get(&registration.user);
    [
        registration.mpxn.to_string(),
        registration.role.to_string(),
        registration.user.to_string(),
        instant_text(registration.from),
        registration.to.map(instant_text).unwrap_or_default(),
        user.map(|user| user.party_signifier.clone()).unwrap_or_default(),
        user.map(|user| user.party_name.clone()).unwrap_or_default(),
        Holds::of(registration, now).as_str().to_owned(),
    ]
}

/// An MPxN as JSON.
#[derive(Serialize)]
struct ListedSupplyPoint {
    mpxn: String,
    registrations: Vec<ListedRegistration>,
    devices: Vec<ListedMeter>,
    /// Whether there may be more of either.
    is_cut: bool,
}

#[derive(Serialize)]
struct ListedRegistration {
    role: &'static str,
    user_id: String,
    party_signifier: Option<String>,
    party_name: Option<String>,
    effective_from: String,
    effective_to: Option<String>,
    holds: &'static str,
}

#[derive(Serialize)]
struct ListedMeter {
    device_id: String,
    device_type: &'static str,
    status: &'static str,
    mpxn_kinds: Vec<&'static str>,
}

impl ListedSupplyPoint {
    fn new(mpxn: &Mpxn, found: &SupplyPoint, now: Now) -> Self {
        let registration = |registration: &Registration| {
            let user = found.users.get(&registration.user);
            ListedRegistration {
                role: registration.role.as_str(),
                user_id: registration.user.to_string(),
                party_signifier: user.map(|user| user.party_signifier.clone()),
                party_name: user.map(|user| user.party_name.clone()),
                effective_from: instant_text(registration.from),
                effective_to: registration.to.map(instant_text),
                holds: Holds::of(registration, now).as_str(),
            }
        };
        let meter = |device: &Device| ListedMeter {
            device_id: device.id.to_string(),
            device_type: device.device_type.as_str(),
            status: device.status_text(),
            mpxn_kinds: kinds_of(device, mpxn),
        };
        Self {
            mpxn: mpxn.to_string(),
            registrations: found.registrations.iter().map(registration).collect(),
            devices: found.devices.iter().map(meter).collect(),
            is_cut: found.is_cut,
        }
    }
}
