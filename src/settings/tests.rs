use super::*;

fn load(file: &str, environment: &[(&str, &str)]) -> Result<Settings, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("smi.toml");
    std::fs::write(&path, file).unwrap();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let settings = Settings::load(Some(&path), &environment.collect::<Vec<_>>(), Overrides::default());
    settings.map_err(|fault| fault.to_string().replace(&path.display().to_string(), "smi.toml"))
}

#[test]
fn defaults_need_no_file() {
    let settings = Settings::load(None, &[], Overrides::default()).unwrap();
    insta::assert_snapshot!(settings, @"");
}

#[test]
fn what_is_printed_reads_back_as_the_same() {
    let environment = [("SMI_SIMULATE_CSP_UNAVAILABLE", "[\"North\"]"), ("SMI_TEST_CLOCK", "2026-01-01")];
    let first = load("[trust]\nkeystore = 'keys\\a.json'\n[rules]\nwan_unknown = \"space\"", &environment).unwrap();
    let second = load(&first.to_string(), &[]).unwrap();
    assert_eq!(first.to_string(), second.to_string());
}

#[test]
fn flags_beat_the_environment_and_the_environment_beats_the_file() {
    let file = "[store]\nurl = \"sqlite://file.db\"\n[server]\nlisten = \"127.0.0.1:1\"";
    let settings = load(file, &[("SMI_STORE_URL", "sqlite://environment.db")]).unwrap();
    assert_eq!((settings.store_url.as_str(), settings.listen.port()), ("sqlite://environment.db", 1));
    let flags = Overrides { store_url: Some("sqlite://flag.db".to_owned()), listen: None };
    let environment = [("SMI_STORE_URL".to_owned(), "sqlite://environment.db".to_owned())];
    let settings = Settings::load(None, &environment, flags).unwrap();
    assert_eq!(settings.store_url, "sqlite://flag.db");
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    insta::assert_snapshot!(load("[server]\nlissten = \"127.0.0.1:1\"", &[]).unwrap_err(), @"");
}

#[test]
fn a_wrong_value_is_refused_with_its_line_and_what_is_allowed() {
    insta::assert_snapshot!(load("[rules]\n\nwan_unknown = \"Space\"", &[]).unwrap_err(), @"");
    insta::assert_snapshot!(load("[trust]\ndcc_id = \"90\"", &[]).unwrap_err(), @"");
    insta::assert_snapshot!(load("[simulate]\ncsp_unavailable = [\"East\"]", &[]).unwrap_err(), @"");
}

#[test]
fn a_wrong_environment_is_refused_by_name() {
    insta::assert_snapshot!(load("", &[("SMI_SERVER_LISTEN", "here")]).unwrap_err(), @"");
    insta::assert_snapshot!(load("", &[("SMI_STORE", "x")]).unwrap_err(), @"");
}

#[test]
fn plain_http_is_for_loopback_alone() {
    insta::assert_snapshot!(load("[server]\nlisten = \"0.0.0.0:8079\"", &[]).unwrap_err(), @"");
}

#[test]
fn codes_are_checked_against_the_rulebook_and_the_schema() {
    let read = |text: &str| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let path = file.path().display().to_string();
        codes::read(file.path()).map_err(|fault| fault.to_string().replace(&path, "codes.toml"))
    };
    let rule = crate::domain::rulebook::sr_8_4::VARIANT_BY_RESPONSIBLE_SUPPLIER;
    assert_eq!(read("\"SR8.4/g\" = \"E4\"").unwrap().code_of(rule).as_str(), "E4");
    insta::assert_snapshot!(read("\n\"SR8.4/z\" = \"E4\"").unwrap_err(), @"");
    insta::assert_snapshot!(read("\"SR8.4/g\" = \"E9999\"").unwrap_err(), @"");
    insta::assert_snapshot!(read("\"SR/9\" = \"E2\"").unwrap_err(), @"");
}
