//! The schemaVersion of answers, and a hint where clients claim one that is not published.

use super::App;
use crate::domain::{AnswerVersion, Eui64, SchemaVersion};

impl App {
    /// The schemaVersion of the answer to a User's request: by the User's own choice, else by the setting.
    pub(super) fn version_for(
        &self,
        user: Eui64,
        own: Option<AnswerVersion>,
        claimed: &SchemaVersion,
    ) -> SchemaVersion {
        let version = own.unwrap_or(self.0.choices.answer_version).of(claimed);
        if !version.is_published() && self.0.unpublished_versions.is_new(user) {
            tracing::warn!(
                %user,
                schema_version = %claimed,
                setting = "answers.version",
                "requests claim a schemaVersion that is not published: their answers do too, in the shape of the one below it; \
                 the setting, or answer_version of users.csv, names the one that the client reads"
            );
        }
        version
    }

    /// The schemaVersion of an answer whose sender is not known: by the setting.
    pub(super) fn version_for_unknown(&self, claimed: &SchemaVersion) -> SchemaVersion {
        self.0.choices.answer_version.of(claimed)
    }
}
