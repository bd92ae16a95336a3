//! users.csv: an import adds Users, or replaces those with the same ID.

use std::io::Write;

use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::{
    db::{Connection, StoreFault},
    domain::{Now, User},
    store::{
        csv::{
            Changes, Consequences, CsvKind, ExportFault, Faults, Fields, Import, Line, Sheet, WriteSheet,
            cells, import_whole, refuse_duplicates, write,
        },
        device::BATCH,
        stored::{joined, text},
        user,
    },
};

/// One line of users.csv.
#[derive(Debug, Default, Serialize, Deserialize, Validate)]
#[serde(default)]
pub(in crate::store) struct UserLine {
    user_id: String,
    #[validate(length(max = 100, message = "longer than 100 characters"))]
    party_signifier: String,
    #[validate(length(max = 100, message = "longer than 100 characters"))]
    party_name: String,
    roles: String,
    status: String,
    #[validate(custom(function = "validate_optional_url"))]
    receive_response_url: String,
    answer_version: String,
}

/// Accepts an empty value or an http or https URL.
fn validate_optional_url(text: &str) -> Result<(), validator::ValidationError> {
    // The validator accepts any scheme, such as `ftp`.
    let is_web = text.starts_with("http://") || text.starts_with("https://");
    if text.is_empty() || is_web && validator::ValidateUrl::validate_url(&text) {
        Ok(())
    } else {
        Err(validator::ValidationError::new("url").with_message("not an http or https URL".into()))
    }
}

impl From<&User> for UserLine {
    fn from(user: &User) -> Self {
        let User { id, party_signifier, party_name, roles, status, receive_response_url, answer_version } =
            user;
        Self {
            user_id: id.to_string(),
            party_signifier: party_signifier.clone(),
            party_name: party_name.clone(),
            roles: joined(roles),
            status: status.to_string(),
            receive_response_url: receive_response_url.clone().unwrap_or_default(),
            answer_version: text(answer_version.as_ref()).unwrap_or_default(),
        }
    }
}

impl UserLine {
    /// The value of a column that `validator` checks.
    fn value_of(&self, column: &str) -> &str {
        match column {
            "party_signifier" => &self.party_signifier,
            "party_name" => &self.party_name,
            _ => &self.receive_response_url,
        }
    }

    /// Runs `validator` and reports what it refuses. Returns whether all is valid.
    fn report_invalid(&self, fields: &mut Fields<'_>) -> bool {
        let Err(errors) = self.validate() else { return true };
        for (column, errors) in errors.field_errors() {
            let value = self.value_of(column.as_ref());
            for error in errors {
                fields.fault(column.as_ref(), value, format!("`{value}` is {error}"));
            }
        }
        false
    }
}

impl Sheet for UserLine {
    const COLUMNS: &'static [&'static str] = &[
        "user_id",
        "party_signifier",
        "party_name",
        "roles",
        "status",
        "receive_response_url",
        "answer_version",
    ];
    const REQUIRED: &'static [&'static str] = &["user_id", "status"];
    type Value = User;

    fn read(&self, fields: &mut Fields<'_>) -> Option<User> {
        let id = fields.required("user_id", &self.user_id);
        let roles = fields.list("roles", &self.roles);
        let status = fields.required("status", &self.status);
        let answer_version = fields.optional("answer_version", &self.answer_version);
        // After the other columns were read, so that one import names the faults of all columns.
        self.report_invalid(fields).then_some(())?;
        Some(User {
            id: id?,
            party_signifier: self.party_signifier.clone(),
            party_name: self.party_name.clone(),
            roles: roles?,
            status: status?,
            receive_response_url: Some(self.receive_response_url.clone()).filter(|url| !url.is_empty()),
            answer_version: answer_version?,
        })
    }

    fn compare(lines: &[Line<User>], faults: &mut Faults) {
        refuse_duplicates(lines, faults, "user_id", |user| Some((user.id, user.id.to_string())));
    }
}

impl CsvKind for UserLine {
    const IMPORT: Import = import_whole::<Self>;

    fn export(connection: &mut Connection, to: &mut dyn Write) -> Result<usize, ExportFault> {
        write::<Self, _>(&user::all(connection)?, to)
    }
}

impl WriteSheet for UserLine {
    fn changes(connection: &mut Connection, values: &[User]) -> Result<Changes, StoreFault> {
        let ids = values.iter().map(|user| user.id).collect::<Vec<_>>();
        let mut before = Vec::new();
        for batch in ids.chunks(BATCH) {
            before.extend(
                user::find_all(connection, &batch.iter().copied().collect())?.into_values().flatten(),
            );
        }
        let key = |user: &User| user.id.to_string();
        Ok(Changes::between(&before, values, key, Self::COLUMNS, |user| cells(&Self::from(user))))
    }

    fn write(connection: &mut Connection, values: &[User], _now: Now) -> Result<Consequences, StoreFault> {
        user::replace(connection, values).map(|()| Consequences::default())
    }
}
