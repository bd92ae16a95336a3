//! Prints the settings in force.

use std::{fmt, path::Path};

use super::{
    bounds, firmware, hubs, maintenance, privacy, reflash, simulate, test, tls,
    values::{Settings, TrustSettings, TrustSource},
    variants,
};
use crate::{db, service::console::ConsoleUser};

/// Writes the settings in force in the form of a settings file, which can be loaded again. Secrets are left out.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "[server]\ninstance = {}", text(self.instance.as_str()))?;
        writeln!(f, "listen = {}", text(&self.listen.to_string()))?;
        writeln!(f, "max_body_bytes = {}", self.max_body_bytes)?;
        writeln!(f, "max_in_flight = {}", self.max_in_flight)?;
        writeln!(f, "max_in_flight_per_user = {}", self.max_in_flight_per_user)?;
        writeln!(f, "explain_headers = {}", self.explain_headers)?;
        bounds::write(f, self.bounds)?;
        if let Some(tls) = &self.tls {
            writeln!(f, "{tls}")?;
        }
        // Without the password: printed settings are copied into tickets and mails.
        writeln!(f, "[store]\nurl = {}", text(&db::shown_url(&self.store_url)))?;
        writeln!(f, "timeout_seconds = {}", self.store_timeout.as_secs())?;
        writeln!(f, "readers = {}", self.store_readers)?;
        writeln!(f, "{}", self.retention)?;
        write_trust(f, &self.trust)?;
        self.write_rules(f)?;
        write_subjects(f, self)?;
        let regions = self.csp_unavailable.iter().map(|region| text(region.as_str())).collect::<Vec<_>>();
        writeln!(f, "\n[simulate]\ncsp_unavailable = [{}]", regions.join(", "))?;
        if let Some(devices) = self.simulated_devices {
            writeln!(f, "devices = {}", text(devices.as_str()))?;
            simulate::write(f, self.simulation)?;
        }
        if let Some(desk) = self.simulated_service_desk {
            writeln!(f, "service_desk = {}", text(desk.as_str()))?;
        }
        write!(f, "{}", self.csp)?;
        if let Some(forward) = &self.forward {
            write!(f, "{forward}")?;
        }
        tls::write_outbox(f, &self.outbox_tls)?;
        // Without the token, for the same reason.
        writeln!(f, "\n[manage]\nlisten = {}", text(&self.manage_listen.to_string()))?;
        if let Some(file) = &self.manage_token_file {
            writeln!(f, "token_file = {}", path(file))?;
        }
        // A comment: without its hash a user could not be read back.
        for ConsoleUser { name, role, .. } in &self.console_users {
            writeln!(f, "# [manage.users.{}] role = {}", text(&name.to_string()), text(role.as_str()))?;
        }
        if let Some(csp_gateway) = &self.csp_gateway {
            write!(f, "\n{csp_gateway}")?;
        }
        let (format, level) = (text(self.log_format.as_str()), text(self.log_level.as_str()));
        writeln!(f, "\n[log]\nformat = {format}\nlevel = {level}")?;
        test::write(f, self.test_clock, self.test.as_ref())
    }
}

fn write_trust(f: &mut fmt::Formatter<'_>, trust: &TrustSettings) -> fmt::Result {
    let (key, file) = match &trust.source {
        TrustSource::Keystore(file) => ("keystore", file),
        TrustSource::PemDir(dir) | TrustSource::DefaultPemDir(dir) => ("pem_dir", dir),
    };
    writeln!(f, "[trust]\n{key} = {}", path(file))?;
    writeln!(f, "dcc_id = {}", text(&trust.dcc_id.to_string()))?;
    writeln!(f, "check_validity = {}\n", trust.check_validity)
}

/// What is answered and told, and the subjects beside the inventory.
fn write_subjects(f: &mut fmt::Formatter<'_>, settings: &Settings) -> fmt::Result {
    writeln!(f, "\n[answers]\nversion = {}", toml::Value::from(settings.answer_version.as_str()))?;
    write!(f, "\n{}{}{}", settings.alerts, settings.calendar, settings.notices)?;
    hubs::write(f, settings.hubs)?;
    reflash::write(f, &settings.reflash)?;
    firmware::write(f, &settings.rules.firmware)?;
    maintenance::write(f, settings.felt_maintenance, &settings.maintenance)?;
    privacy::write(f, &settings.privacy)?;
    variants::write(f, settings.variants)
}

impl Settings {
    fn write_rules(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "[rules]\nwan_unknown = {}", text(self.rules.wan_unknown.as_str()))?;
        writeln!(f, "csp_release = {}", text(self.rules.csp_release.as_str()))?;
        let switches = &self.rules;
        writeln!(f, "responsible_supplier_while_pending = {}", switches.responsible_supplier_while_pending)?;
        writeln!(f, "pre_notifier_after_pending = {}", switches.pre_notifier_after_pending)?;
        writeln!(f, "confirm_variant = {}", switches.confirm_variant)?;
        writeln!(f, "gpf_with_chf = {}", switches.gpf_with_chf)?;
        writeln!(f, "tsat = {}", text(switches.tsat.as_str()))?;
        match &self.codes_file {
            Some(file) => writeln!(f, "codes = {}", path(file)),
            None => Ok(()),
        }
    }
}

/// A text as TOML: by the library, which escapes quotation marks and backslashes.
fn text(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn path(path: &Path) -> String {
    text(&path.display().to_string())
}
