//! Settings that are refused: the place, the reason, and what is accepted.

use super::*;

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    insta::assert_snapshot!(load("[server]\nlissten = \"127.0.0.1:1\"", &[]).unwrap_err(), @r#"
        smi.toml: TOML parse error at line 2, column 1
          |
        2 | lissten = "127.0.0.1:1"
          | ^^^^^^^
        unknown field `lissten`, expected one of `instance`, `listen`, `max_body_bytes`, `max_in_flight`, `max_in_flight_per_user`, `head_seconds`, `body_seconds`, `idle_seconds`, `max_connections`, `max_held_bytes`, `explain_headers`, `tls`
        "#);
}

#[test]
fn a_wrong_value_is_refused_with_its_line_and_what_is_allowed() {
    insta::assert_snapshot!(load("[rules]\n\nwan_unknown = \"Space\"", &[]).unwrap_err(), @r#"
        smi.toml: TOML parse error at line 3, column 15
          |
        3 | wan_unknown = "Space"
          |               ^^^^^^^
        `Space` is not a wan_unknown: one of Unknown, space
        "#);
    insta::assert_snapshot!(load("[trust]\ndcc_id = \"90\"", &[]).unwrap_err(), @r#"
        smi.toml: TOML parse error at line 2, column 10
          |
        2 | dcc_id = "90"
          |          ^^^^
        `90` is not an EUI-64: 16 hex digits in pairs joined by `-`
        "#);
    insta::assert_snapshot!(load("[simulate]\ncsp_unavailable = [\"East\"]", &[]).unwrap_err(), @r#"
        smi.toml: TOML parse error at line 2, column 19
          |
        2 | csp_unavailable = ["East"]
          |                   ^^^^^^^^
        `East` is not a CSPRegion: one of North, Central, South, 4G North, 4G Central, 4G South, Unknown, SMETS1
        `csp_unavailable` is a list of CSP Regions, `["North"]`
        "#);
}

/// The parser quotes the line.
#[test]
fn a_line_with_a_secret_is_not_quoted() {
    for (line, key) in [
        ("[manage]\ntoken = \"SECRET", "token"),
        ("[manage]\ntoken = SECRET", "token"),
        ("[manage]\ntoken = [\"SECRET\"]", "token"),
        ("\nmanage.token = \"SECRET\" x", "manage.token"),
        ("[store]\n  url = \"postgres://smi:SECRET@host/smi", "url"),
    ] {
        let fault = load(line, &[]).unwrap_err();
        assert_eq!(
            fault,
            format!(
                "smi.toml: line 2: the value of `{key}` cannot be read, and is not shown: it may be a secret"
            )
        );
    }
}

/// HUBS.md 6: a lead of at most a year of Working Days.
#[test]
fn a_lead_is_at_most_a_year_of_working_days() {
    let lead = |days: &str| load("", &[("SMI_REFLASH_LEAD_WORKING_DAYS", days)]);
    assert_eq!(["0", "260"].map(|days| lead(days).unwrap().reflash.lead_working_days), [0, 260]);
    assert_eq!(
        lead("261").unwrap_err().to_string(),
        "reflash.lead_working_days: 0 to 260 Working Days are wanted"
    );
}

#[test]
fn a_wrong_environment_is_refused_by_name() {
    insta::assert_snapshot!(load("", &[("SMI_SERVER_LISTEN", "here")]).unwrap_err(), @"environment variable SMI_SERVER_LISTEN: `here` is not an IP address and a port like `127.0.0.1:8079`, or `localhost:8079`");
    insta::assert_snapshot!(load("", &[("SMI_STORE_TIMEOUT_SECONDS", "0")]).unwrap_err(), @"store.timeout_seconds: `0` is not from 1 to 3600");
    insta::assert_snapshot!(load("", &[("SMI_STORE", "x")]).unwrap_err(), @"environment variable SMI_STORE: no such setting; there are SMI_SERVER_INSTANCE, SMI_SERVER_LISTEN, SMI_SERVER_MAX_BODY_BYTES, SMI_SERVER_MAX_IN_FLIGHT, SMI_SERVER_MAX_IN_FLIGHT_PER_USER, SMI_SERVER_HEAD_SECONDS, SMI_SERVER_BODY_SECONDS, SMI_SERVER_IDLE_SECONDS, SMI_SERVER_MAX_CONNECTIONS, SMI_SERVER_MAX_HELD_BYTES, SMI_SERVER_EXPLAIN_HEADERS, SMI_SERVER_TLS_CERTIFICATE, SMI_SERVER_TLS_KEY, SMI_SERVER_TLS_CLIENT_CA, SMI_SERVER_TLS_BIND_ORIGINATOR, SMI_STORE_URL, SMI_STORE_RETENTION_DAYS, SMI_STORE_DECISION_RETENTION_DAYS, SMI_STORE_TALLY_RETENTION_DAYS, SMI_STORE_TIMEOUT_SECONDS, SMI_STORE_READERS, SMI_TRUST_KEYSTORE, SMI_TRUST_PEM_DIR, SMI_TRUST_DCC_ID, SMI_TRUST_CHECK_VALIDITY, SMI_RULES_WAN_UNKNOWN, SMI_RULES_CSP_RELEASE, SMI_RULES_RESPONSIBLE_SUPPLIER_WHILE_PENDING, SMI_RULES_PRE_NOTIFIER_AFTER_PENDING, SMI_RULES_CONFIRM_VARIANT, SMI_RULES_GPF_WITH_CHF, SMI_RULES_TSAT, SMI_RULES_CODES, SMI_ANSWERS_VERSION, SMI_ALERTS_HAN_LOG_RESULT, SMI_ALERTS_METER_DECOMMISSIONED, SMI_ALERTS_METER_IDENTITY, SMI_ALERTS_DEVICE_SUSPENDED, SMI_ALERTS_DEVICE_RESTORED, SMI_ALERTS_DEVICE_REMOVED, SMI_ALERTS_CHF_DECOMMISSIONED, SMI_ALERTS_FIRMWARE_MISMATCH, SMI_ALERTS_VERSION_MISMATCH, SMI_ALERTS_CODES, SMI_CALENDAR_HOLIDAYS, SMI_NOTICES_FROM, SMI_HUBS_UNIT_COST_PENCE, SMI_HUBS_RISK_DAYS, SMI_HUBS_REVIEW_MONTHS, SMI_REFLASH_ENABLED, SMI_REFLASH_SMI_UPDATE, SMI_REFLASH_SUPPLY_CHAIN, SMI_REFLASH_LEAD_WORKING_DAYS, SMI_REFLASH_WORKING_HOURS, SMI_REFLASH_WINDOWS, SMI_REFLASH_SLOT_HORIZON, SMI_REFLASH_MAX_HUBS_PER_PALLET, SMI_REFLASH_MAX_HUBS_PER_CARTON, SMI_REFLASH_PURCHASE_ORDER_REGIONS, SMI_REFLASH_AMEND_WORKING_DAYS, SMI_REFLASH_CREDIT, SMI_REFLASH_CONTACT, SMI_FIRMWARE_LARGE_ABOVE_BYTES, SMI_FIRMWARE_CONTACT_ABOVE_IMAGES, SMI_FIRMWARE_CAPACITY_PER_DAY, SMI_FIRMWARE_RESPONSE_DAYS, SMI_FIRMWARE_RESPONSE_DAY_TYPE, SMI_FIRMWARE_MP230_FROM, SMI_MAINTENANCE_ANSWER, SMI_MAINTENANCE_ENVIRONMENT, SMI_MAINTENANCE_LIMITS, SMI_MAINTENANCE_TRIAL_FROM, SMI_MAINTENANCE_MP092_FROM, SMI_MAINTENANCE_MIGRATION_VARIANT, SMI_PRIVACY_THRESHOLD, SMI_PRIVACY_PROPOSED_FROM, SMI_PRIVACY_RANDOM_SAMPLE_NAME, SMI_VARIANTS_MIN_PEERS, SMI_VARIANTS_OUTLIER_PERCENT, SMI_VARIANTS_HCALCS, SMI_VARIANTS_WARN_FIRMWARE, SMI_SIMULATE_CSP_UNAVAILABLE, SMI_SIMULATE_DEVICES, SMI_SIMULATE_DELAY_MS, SMI_SIMULATE_JITTER_MS, SMI_SIMULATE_FAIL_PERCENT, SMI_SIMULATE_SEED, SMI_SIMULATE_SERVICE_DESK, SMI_CSP_TIMEOUT_MS, SMI_CSP_MAX_IN_FLIGHT, SMI_CSP_CACHE_SECONDS, SMI_CSP_BREAKER_FAILURES, SMI_CSP_BREAKER_SECONDS, SMI_CSP_CA, SMI_CSP_CERTIFICATE, SMI_CSP_KEY, SMI_CSP_URLS_NORTH, SMI_CSP_URLS_CENTRAL, SMI_CSP_URLS_SOUTH, SMI_CSP_URLS_4G_NORTH, SMI_CSP_URLS_4G_CENTRAL, SMI_CSP_URLS_4G_SOUTH, SMI_FORWARD_URL, SMI_FORWARD_TIMEOUT_MS, SMI_FORWARD_MAX_IN_FLIGHT, SMI_FORWARD_BREAKER_FAILURES, SMI_FORWARD_BREAKER_SECONDS, SMI_FORWARD_CA, SMI_FORWARD_CERTIFICATE, SMI_FORWARD_KEY, SMI_OUTBOX_CA, SMI_OUTBOX_CERTIFICATE, SMI_OUTBOX_KEY, SMI_MANAGE_LISTEN, SMI_MANAGE_TOKEN, SMI_MANAGE_TOKEN_FILE, SMI_MANAGE_USERS, SMI_CSP_GATEWAY_LISTEN, SMI_CSP_GATEWAY_CERTIFICATE, SMI_CSP_GATEWAY_KEY, SMI_CSP_GATEWAY_CLIENT_CA, SMI_CSP_GATEWAY_UPDATE_KNOWN_HUBS, SMI_CSP_GATEWAY_CSPS_NORTH, SMI_CSP_GATEWAY_CSPS_CENTRAL, SMI_CSP_GATEWAY_CSPS_SOUTH, SMI_CSP_GATEWAY_CSPS_4G_NORTH, SMI_CSP_GATEWAY_CSPS_4G_CENTRAL, SMI_CSP_GATEWAY_CSPS_4G_SOUTH, SMI_LOG_FORMAT, SMI_LOG_LEVEL, SMI_TEST_CLOCK, SMI_TEST_JOURNAL, SMI_TEST_JOURNAL_BYTES, SMI_TEST_STATES_DIR");
}

#[test]
fn files_of_tls_belong_together() {
    let (certificate, key, client_ca) = ("certificate = 'a'\n", "key = 'b'\n", "client_ca = 'c'\n");
    for wrong in [certificate, key, client_ca, &[certificate, client_ca].concat()] {
        let fault = load(&format!("[server.tls]\n{wrong}"), &[]).unwrap_err();
        assert_eq!(fault, "server.tls: set certificate and key, both or neither; client_ca needs them");
    }
    let unasked = format!("[server.tls]\n{certificate}{key}bind_originator = true");
    insta::assert_snapshot!(load(&unasked, &[]).unwrap_err(), @"server.tls: bind_originator needs client_ca, which asks clients for a certificate");
    for wrong in [certificate, key, &[certificate, key].concat()] {
        let fault = load(&format!("[outbox]\n{wrong}"), &[]).unwrap_err();
        assert_eq!(fault, "outbox: set certificate and key, both or neither; they need ca");
    }
}

#[test]
fn plain_http_is_for_loopback_alone() {
    insta::assert_snapshot!(load("[server]\nlisten = \"0.0.0.0:8079\"", &[]).unwrap_err(), @"server.listen: `0.0.0.0:8079` is not a loopback address, and plain HTTP is served on no other: set server.tls");
}

#[test]
fn codes_are_checked_against_the_rulebook_and_the_schema() {
    let read = |text: &str| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let path = file.path().display().to_string();
        codes::read(file.path()).map_err(|fault| fault.to_string().replace(&path, "codes.toml"))
    };
    let rule = crate::rules::rulebook::sr_8_4::VARIANT_BY_RESPONSIBLE_SUPPLIER;
    assert_eq!(read("\"SR8.4/g\" = \"E4\"").unwrap().code_of(rule).as_str(), "E4");
    insta::assert_snapshot!(read("\n\"SR8.4/z\" = \"E4\"").unwrap_err(), @"codes.toml: line 2: there is no rule `SR8.4/z`");
    insta::assert_snapshot!(read("\"SR8.4/g\" = \"E9999\"").unwrap_err(), @"codes.toml: line 1: SR8.4/g: `E9999` is not a response code of the DUIS schema");
    insta::assert_snapshot!(read("\"SR/9\" = \"E2\"").unwrap_err(), @"codes.toml: line 1: SR/9: its code E1 stands as it is (public), or `E2` is no refusal");
}

#[test]
fn half_a_csp_gateway_is_refused() {
    let without = |line: &str| {
        let file =
            CSP_GATEWAY.lines().filter(|known| !known.starts_with(line)).collect::<Vec<_>>().join("\n");
        load(&file, &[]).unwrap_err()
    };
    let files =
        "csp_gateway: set certificate, key and client_ca: a CSP is known by its client certificate alone";
    for line in ["certificate", "key", "client_ca"] {
        assert_eq!(without(line), files);
    }
    let listen = "csp_gateway: without `listen` there is no such listener, and nothing else of it is of use";
    assert_eq!(without("listen"), listen);
    assert_eq!(load("[csp_gateway.csps]\nSouth = '90-B3-D5-1F-30-0A-00-02'", &[]).unwrap_err(), listen);
    let nobody = CSP_GATEWAY.split("[csp_gateway.csps]").next().unwrap();
    let told = "csp_gateway: set csps: the EUI-64 of the CSP of each CSP Region, `North = \"90-B3-...\"`";
    assert_eq!(load(nobody, &[]).unwrap_err(), told);
    let dcc = CSP_GATEWAY.replace("0A-00-02", "00-00-02");
    let told = "csp_gateway: csps: `90-B3-D5-1F-30-00-00-02` is the DCC's, trust.dcc_id";
    assert_eq!(load(&dcc, &[]).unwrap_err(), told);
    let odd = CSP_GATEWAY.replace("Central", "SMETS1");
    assert!(
        load(&odd, &[]).unwrap_err().contains("unknown field `SMETS1`, expected one of `North`, `Central`")
    );
}

/// Each fault names the person and what is accepted, and none shows a hash.
#[test]
fn a_person_of_the_console_needs_role_and_hash() {
    const HASH: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let entry = |text: &str| format!("[manage.users.jo]\n{}", text.replace("HASH", HASH));
    let good = load(&entry("role = 'reader'\nhash = 'HASH'"), &[]).unwrap();
    assert_eq!(good.console_users.len(), 1);
    let printed = good.to_string();
    assert!(printed.contains("# [manage.users.\"jo\"] role = \"reader\"\n"), "{printed}");
    let from_environment = format!("{{ jo = {{ role = 'operator', hash = '{HASH}' }} }}");
    assert_eq!(load("", &[("SMI_MANAGE_USERS", &from_environment)]).unwrap().console_users.len(), 1);
    let faults = [
        load(&entry("role = 'reader'"), &[]),
        load(&entry("role = 'admin'\nhash = 'HASH'"), &[]),
        load(&entry("role = 'reader'\nhash = 'HASH!'"), &[]),
        load(&entry("role = 'reader'\nhash = 'HASH'\nhahs = 'HASH'"), &[]),
        load(&entry("role = 'reader'\nhash = 7"), &[]),
        load(&entry("role = 'reader'\nhash = HASH"), &[]),
        load(&format!("[manage.users]\njo = '{HASH}'"), &[]),
        load(&format!("[manage.users]\njo = {{ role = 'reader', hash = '{HASH} }}"), &[]),
        load(&format!("[manage.users.' ']\nrole = 'reader'\nhash = '{HASH}'"), &[]),
        load("", &[("SMI_MANAGE_USERS", HASH)]),
    ];
    let faults = faults.map(|fault| fault.unwrap_err());
    assert!(!faults.iter().any(|fault| fault.contains("AAAA")), "{faults:#?}");
    insta::assert_snapshot!(faults.join("\n"), @r#"
    manage.users.jo: `hash` is missing; `smi user add` prints both `role` and `hash`
    manage.users.jo: role: `admin` is not a role: one of reader, operator
    manage.users.jo: hash: a hash is written as `$argon2id$v=19$m=...,t=...,p=...$SALT$HASH`, with at most 262144 KiB, 20 passes and 16 lanes; `smi user add` makes one
    manage.users.jo: `hahs` is unknown; there are `role` and `hash`
    manage.users.jo: `hash` must be a text
    smi.toml: line 3: the value of `hash` cannot be read, and is not shown: it may be a secret
    manage.users.jo: must be a table with `role` and `hash`, as `smi user add` prints it
    smi.toml: line 2: the value of `jo` cannot be read, and is not shown: it may be a secret
    manage.users. : ` ` is not a name: 1 to 64 letters, digits, spaces within, and any of `._-@'`
    environment variable SMI_MANAGE_USERS: must be a table of names, `{ jo = { role = "reader", hash = "$argon2id$..." } }`; `smi user add` prints one
    "#);
    assert_eq!(printed.matches("argon2id").count(), 0);
}
