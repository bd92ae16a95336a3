//! Why a page cannot be shown, and what to do then.

use actix_web::{ResponseError as _, http::StatusCode};

use crate::{
    service::{AskedFault, Fault, inventory_reports::InventoryFault},
    web::body::BodyFault,
};

/// A page that could not be shown, and why.
#[derive(Clone, Debug)]
pub(super) struct PageError {
    pub(super) status: StatusCode,
    pub(super) title: &'static str,
    pub(super) reason: String,
    /// What to do now.
    pub(super) advice: &'static str,
}

impl PageError {
    /// 400: the request is wrong at `place`.
    pub(super) fn bad_request(place: &str, reason: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            title: "This address cannot be understood",
            reason: format!("{place}: {reason}"),
            advice: "Correct it in the address, or begin anew with the navigation.",
        }
    }

    /// 400: a parameter of the address is wrong.
    pub(super) fn parameter(name: &str, reason: impl ToString) -> Self {
        Self::bad_request(&format!("Parameter `{name}`"), &reason.to_string())
    }

    /// 400: a field of a form is wrong.
    pub(super) fn field(name: &str, reason: impl ToString) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            title: "The form cannot be taken so",
            reason: format!("Field `{name}`: {}", reason.to_string()),
            advice: "Nothing was changed. Go back and correct it.",
        }
    }

    /// 400: a form is wrong as a whole.
    pub(super) fn bad_form(reason: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            title: "The form cannot be taken so",
            reason: format!("The form {reason}."),
            advice: "Nothing was changed. Go back and correct it.",
        }
    }

    /// A form that did not arrive whole.
    pub(super) fn of_body(fault: &BodyFault) -> Self {
        Self {
            status: fault.status_code(),
            title: "The form did not arrive whole",
            reason: format!("{fault}."),
            advice: match fault {
                BodyFault::TooLong(_) => {
                    "Nothing was changed. `smi import` takes a file of any length; `[server] max_body_bytes` sets this bound."
                }
                BodyFault::OverBudget => "Nothing was changed. Try again in a moment.",
                BodyFault::TooSlow(_) | BodyFault::Encoded | BodyFault::Upgrade | BodyFault::Broken(_) => {
                    "Nothing was changed. Go back and send it again."
                }
            },
        }
    }

    /// 403.
    pub(super) fn forbidden(reason: &str) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            title: "This is not allowed",
            reason: reason.to_owned(),
            advice: "Nothing was changed.",
        }
    }

    /// 404: there is no such thing.
    pub(super) fn not_found(reason: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            title: "There is no such page",
            reason: reason.into(),
            advice: "Search for it, or begin anew with the navigation.",
        }
    }

    /// 404: a Device that nothing is known of.
    pub(super) fn unknown_device(id: &str) -> Self {
        Self::not_found(format!("Device {id} is not in the inventory and never was."))
    }

    /// 405.
    pub(super) fn method() -> Self {
        Self {
            status: StatusCode::METHOD_NOT_ALLOWED,
            title: "This page does not take that method",
            reason: "Pages are read, and forms are sent to the addresses that pages name.".to_owned(),
            advice: "Begin anew with the navigation.",
        }
    }

    /// 409: what was asked for does not fit what there is.
    pub(super) fn conflict(reason: impl Into<String>) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            title: "This does not fit any more",
            reason: reason.into(),
            advice: "Nothing was changed. Load the page again to see how it is now.",
        }
    }

    /// 413.
    pub(super) fn too_long(limit: usize) -> Self {
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            title: "The form is too long",
            reason: format!("It has more than {limit} bytes."),
            advice: "Nothing was changed.",
        }
    }

    /// 410: what a form is about is there no longer.
    pub(super) fn gone(reason: &str) -> Self {
        Self {
            status: StatusCode::GONE,
            title: "The file is kept no more",
            reason: reason.to_owned(),
            advice: "Nothing was changed. Upload it again.",
        }
    }

    /// 415.
    pub(super) fn media_type(expected: &str) -> Self {
        Self {
            status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
            title: "This is no form",
            reason: format!("This form is sent as {expected}."),
            advice: "Nothing was changed.",
        }
    }

    /// 500. The reason goes to the log only.
    pub(super) fn broken(fault: impl std::error::Error) -> Self {
        tracing::error!(%fault, "page of the console failed");
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            title: "This page failed",
            reason: "The reason is in the service's log.".to_owned(),
            advice: "Try again; if it stays so, tell who runs the service.",
        }
    }
}

impl From<Fault> for PageError {
    fn from(fault: Fault) -> Self {
        if fault.is_transient() {
            tracing::warn!(%fault, "page of the console refused, retry later");
            return Self {
                status: StatusCode::SERVICE_UNAVAILABLE,
                title: "The store is busy",
                reason: "It did not answer in time.".to_owned(),
                advice: "Try again in a moment.",
            };
        }
        Self::broken(fault)
    }
}

impl From<AskedFault> for PageError {
    fn from(fault: AskedFault) -> Self {
        match fault {
            AskedFault::Refused(refused) => Self::parameter(refused.field, refused.reason),
            AskedFault::Store(fault) => Fault::from(fault).into(),
        }
    }
}

impl From<InventoryFault> for PageError {
    fn from(fault: InventoryFault) -> Self {
        match fault {
            InventoryFault::Refused(refused) => Self::parameter(refused.field, refused.reason),
            InventoryFault::Store(fault) => Fault::from(fault).into(),
            InventoryFault::Write(_) | InventoryFault::Keys(_) => Self::broken(fault),
        }
    }
}

/// The result of what makes a page.
pub(super) type PageResult<T> = Result<T, PageError>;
