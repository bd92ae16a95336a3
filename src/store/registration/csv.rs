//! registrations.csv: an import replaces all registrations of the MPxNs that the file names.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{Malformed, Mpxn, Registration, Role, Timestamp, instant_text, parse_instant},
    store::csv::{Faults, Fields, Line, Sheet},
};

/// One line of registrations.csv.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct RegistrationLine {
    mpxn: String,
    role: String,
    user_id: String,
    effective_from: String,
    effective_to: String,
}

impl From<&Registration> for RegistrationLine {
    fn from(registration: &Registration) -> Self {
        let Registration { mpxn, role, user, from, to } = registration;
        Self {
            mpxn: mpxn.to_string(),
            role: role.to_string(),
            user_id: user.to_string(),
            effective_from: instant_text(*from),
            effective_to: to.map(instant_text).unwrap_or_default(),
        }
    }
}

impl Sheet for RegistrationLine {
    const COLUMNS: &'static [&'static str] = &["mpxn", "role", "user_id", "effective_from", "effective_to"];
    const REQUIRED: &'static [&'static str] = &["mpxn", "role", "user_id", "effective_from"];
    type Value = Registration;

    fn read(&self, fields: &mut Fields<'_>) -> Option<Registration> {
        let role = fields.required("role", &self.role);
        let mpxn = role.and_then(|role| mpxn_of(role, &self.mpxn, fields));
        let user = fields.required("user_id", &self.user_id);
        let from = fields.required_by("effective_from", &self.effective_from, parse_instant);
        let to = fields.optional_by("effective_to", &self.effective_to, parse_end)?.flatten();
        let from = from?;
        if to.is_some_and(|to| to <= from) {
            let reason =
                format!("`{}` is not after effective_from `{}`", self.effective_to, self.effective_from);
            fields.fault("effective_to", &self.effective_to, reason);
            return None;
        }
        Some(Registration { mpxn: mpxn?, role: role?, user: user?, from, to })
    }

    /// Refuses overlaps: an MPxN has one User in a role at a time.
    fn compare(lines: &[Line<Registration>], faults: &mut Faults) {
        let mut sorted = lines.iter().collect::<Vec<_>>();
        sorted.sort_by(|left, right| {
            let key = |line: &Line<Registration>| (line.value.role, line.value.from, line.number);
            left.value.mpxn.cmp(&right.value.mpxn).then_with(|| key(left).cmp(&key(right)))
        });
        // In order of time it is enough to compare each line with the earlier one that ends last.
        let mut latest: Option<&Line<Registration>> = None;
        for line in sorted {
            let same = |earlier: &&Line<Registration>| {
                earlier.value.mpxn == line.value.mpxn && earlier.value.role == line.value.role
            };
            let earlier = latest.filter(same);
            if let Some(earlier) = earlier.filter(|earlier| earlier.value.overlaps(&line.value)) {
                report_overlap(earlier, line, faults);
            }
            let outlasts = |earlier: &&Line<Registration>| ends_later(&earlier.value, &line.value);
            latest = Some(earlier.filter(outlasts).unwrap_or(line));
        }
    }
}

/// Parses the MPxN of a registration in that role: an MPAN for electricity, an MPRN for gas, either for the other roles. A number
/// that a spreadsheet reformatted, such as `2E+12`, is neither.
fn mpxn_of(role: Role, text: &str, fields: &mut Fields<'_>) -> Option<Mpxn> {
    let expected = match role {
        Role::IS | Role::ES | Role::ED => "an MPAN: 13 digits",
        Role::GS | Role::GT => "an MPRN: 1 to 10 digits",
        Role::RSA | Role::OU => "an MPAN of 13 digits or an MPRN of 1 to 10",
    };
    let mpxn = fields.required_by("mpxn", text, |text| {
        let mpxn = text.parse::<Mpxn>().ok().filter(|mpxn| match role {
            Role::IS | Role::ES | Role::ED => mpxn.is_mpan(),
            Role::GS | Role::GT => mpxn.is_mprn(),
            Role::RSA | Role::OU => mpxn.is_mpan() || mpxn.is_mprn(),
        });
        mpxn.ok_or_else(|| Malformed::new(text, format!("{expected}, for role {role}")))
    })?;
    // A wrong check digit is a warning alone.
    fields.check_mpan("mpxn", &mpxn);
    Some(mpxn)
}

/// Parses the end of a registration; none where it has no end, which other systems write as 9999-12-31.
fn parse_end(text: &str) -> Result<Option<Timestamp>, Malformed> {
    if text.starts_with("9999-12-31") && (text.len() == 10 || text.ends_with('Z')) {
        return Ok(None);
    }
    parse_instant(text).map(Some)
}

/// Whether the first ends later; one without an end ends last.
fn ends_later(left: &Registration, right: &Registration) -> bool {
    left.to.is_none_or(|left| right.to.is_some_and(|right| left > right))
}

fn report_overlap(left: &Line<Registration>, right: &Line<Registration>, faults: &mut Faults) {
    let (first, second) = if left.number < right.number { (left, right) } else { (right, left) };
    let Registration { mpxn, role, from, .. } = &second.value;
    let reason = format!("role {role} of MPxN `{mpxn}` overlaps line {}", first.number);
    faults.in_value(second.number, "effective_from", &instant_text(*from), reason);
}
