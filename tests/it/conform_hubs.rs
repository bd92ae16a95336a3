//! The conformance scenarios of hubs, by CSPM-N3 and by SSMI, as `smi conform` plays them against `smi serve`: DUIS, management and the
//! listener for CSPs over TLS. Each needs settings of the service, which the command is told.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use smi::{
    domain::parse_instant,
    duis::signature::pki::{self, CSPS},
};
use tempfile::TempDir;

use crate::support::{database::Database, fresh_database, served::Served};

/// When the scenarios take place.
const CLOCK: &str = "2026-02-03T11:00:00Z";

/// A service with all three listeners.
struct Endpoint {
    dir: TempDir,
    url: String,
    manage: String,
    csp: String,
    _served: Served,
    _database: Database,
}

impl Endpoint {
    /// With these settings of the gateway and of the re-flash service.
    fn start(gateway: &str, reflash: &str) -> Self {
        let (dir, database) = (tempfile::tempdir().unwrap(), fresh_database());
        pki::init(&dir.path().join("pki"), parse_instant(CLOCK).unwrap()).unwrap();
        let (url, [_, (_, csp)]) = (&database.url, CSPS);
        let settings = format!(
            "[store]\nurl = '{url}'\n[test]\nclock = '{CLOCK}'\n[manage]\ntoken = 'sesame'\n[trust]\npem_dir = 'pki'\n\
             [csp_gateway]\nlisten = '127.0.0.1:0'\ncertificate = 'pki/tls/server.pem'\nkey = 'pki/tls/server.key'\n\
             client_ca = 'pki/tls/csp-ca.pem'\n{gateway}\n[csp_gateway.csps]\nCentral = '{csp}'\nSouth = '{csp}'\n\
             [reflash]\n{reflash}\n"
        );
        fs::write(dir.path().join("smi.toml"), settings).unwrap();
        fs::create_dir(dir.path().join("load")).unwrap();
        let served = Served::start(dir.path(), Path::new("load"));
        // In the order of the log.
        let [csp, url, manage] =
            ["csp_gateway", "listening address", "manage"].map(|field| served.address(field));
        Self { dir, url, manage, csp, _served: served, _database: database }
    }

    /// `smi conform` for one scenario, told these settings.
    fn conform(&self, id: &str, settings: &[&str], more: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_smi"));
        command.args([
            "conform",
            "--url",
            &format!("http://{}", self.url),
            "--pki",
            "pki",
            "--token",
            "sesame",
        ]);
        command.args([
            "--manage",
            &format!("http://{}", self.manage),
            "--ca",
            "pki/tls/ca.pem",
            "--only",
            id,
        ]);
        command.args(settings.iter().flat_map(|setting| ["--setting", setting])).args(more);
        command.current_dir(self.dir.path()).output().unwrap()
    }

    /// The CSP of Central and South, as the command is told of it.
    fn csp(&self) -> [String; 6] {
        let tls = |file: &str| format!("pki/tls/csp-central-south.{file}");
        [
            "--csp".to_owned(),
            format!("https://{}", self.csp),
            "--csp-cert".to_owned(),
            tls("pem"),
            "--csp-key".to_owned(),
            tls("key"),
        ]
    }

    /// That the scenario passes, twice: the second time on what the first one left.
    fn passes(&self, id: &str, settings: &[&str]) {
        let csp = self.csp();
        for _ in 0..2 {
            let output = self.conform(id, settings, &csp.each_ref().map(String::as_str));
            let (out, err) = (text(&output.stdout), text(&output.stderr));
            assert_eq!(output.status.code(), Some(0), "{out}{err}");
            assert!(out.ends_with("1 passed, 0 failed, 0 skipped\n"), "{out}");
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

const UPDATES: &str = "csp_gateway.update_known_hubs=true";
const NO_UPDATES: &str = "csp_gateway.update_known_hubs=false";
const ENABLED: &str = "reflash.enabled=true";
const OPTION_A: &str = "reflash.smi_update=n3";
const OPTION_B: &str = "reflash.smi_update=ssmi";

/// MP155-R26, R27.
#[test]
fn hubs_that_a_csp_notifies_of_join_and_are_updated_where_that_is_switched_on() {
    Endpoint::start("update_known_hubs = true", "").passes("N3-1", &[UPDATES]);
}

/// MP155-R25, R26; N3/h.
#[test]
fn mp155_r26_under_option_a_the_csp_tells_what_was_re_flashed() {
    let endpoint = Endpoint::start("", "enabled = true\nsmi_update = 'n3'");
    endpoint.passes("N3-2", &[ENABLED, OPTION_A, NO_UPDATES]);
}

/// MP155-R25, R28, R29; N3/i, SSMI/a to h.
#[test]
fn mp155_r28_under_option_b_the_dcc_tells_it_by_a_file() {
    let endpoint = Endpoint::start("", "enabled = true\nsmi_update = 'ssmi'");
    endpoint.passes("N3-3", &[ENABLED, OPTION_B]);
    endpoint.passes("SSMI-1", &[OPTION_B]);
    // Told what is not so, it finds the difference and names it.
    let csp = endpoint.csp();
    let output =
        endpoint.conform("N3-2", &[ENABLED, OPTION_A, NO_UPDATES], &csp.each_ref().map(String::as_str));
    let out = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{out}");
    assert!(out.contains("DIFFERENT HTTP 200  no-file: the DCC's file is not taken under option A"), "{out}");
    assert!(out.contains("expected HTTP 409, got HTTP 200") && out.contains("proves MP155-R28"), "{out}");
}

#[test]
fn a_scenario_that_lacks_a_setting_or_the_csp_is_skipped_with_the_reason() {
    let endpoint = Endpoint::start("", "");
    let reasons = [
        (
            &[][..],
            "it needs `reflash.enabled = true` there; --setting reflash.enabled=true says that it is so",
        ),
        (&[ENABLED, OPTION_B], "step `told` needs --csp"),
    ];
    for (settings, reason) in reasons {
        let output = endpoint.conform("N3-3", settings, &[]);
        let out = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{out}");
        assert!(out.contains(&format!("  skipped: {reason}\n")), "{out}");
    }
    let output = endpoint.conform("N3-3", &["reflash"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("wanted is KEY=VALUE"), "{}", text(&output.stderr));
}
