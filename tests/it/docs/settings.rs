//! `docs/SETTINGS.md`: made from the table of settings, which is held against what the settings file accepts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
};

use smi::settings::{Key, Overrides, SECTIONS, Section, Settings};

use super::read;

/// A file that has just enough for every section to be in force.
const EVERY_SECTION: &str = "\
[server]
explain_headers = true
[server.tls]
certificate = 'a'
key = 'b'
client_ca = 'c'
[trust]
keystore = 'd'
[rules]
codes = 'e'
[alerts]
codes = 'e'
[calendar]
holidays = 'q'
[reflash]
max_hubs_per_carton = 8
amend_working_days = 5
[simulate]
devices = 'succeed'
service_desk = 'agree'
delay_ms = 7
[csp]
ca = 'f'
certificate = 'g'
key = 'h'
[csp.urls]
North = 'https://a.example'
Central = 'https://b.example'
South = 'https://c.example'
'4G North' = 'https://d.example'
'4G Central' = 'https://e.example'
'4G South' = 'https://f.example'
[forward]
url = 'https://g.example'
ca = 'r'
certificate = 's'
key = 't'
[outbox]
ca = 'i'
certificate = 'j'
key = 'k'
[manage]
token_file = 'l'
[csp_gateway]
listen = '127.0.0.1:1'
certificate = 'm'
key = 'n'
client_ca = 'o'
[csp_gateway.csps]
North = '90-B3-D5-1F-30-0A-00-01'
Central = '90-B3-D5-1F-30-0A-00-02'
South = '90-B3-D5-1F-30-0A-00-03'
'4G North' = '90-B3-D5-1F-30-0A-00-04'
'4G Central' = '90-B3-D5-1F-30-0A-00-05'
'4G South' = '90-B3-D5-1F-30-0A-00-06'
[privacy]
proposed_from = '2027-04-01'
[test]
clock = '2026-01-01'
states_dir = 'u'
";

/// Keys that no printed settings show.
const NEVER_PRINTED: [&str; 3] = ["manage.token", "manage.users", "trust.pem_dir"];

#[test]
fn the_page_of_settings_is_fresh() {
    let fresh = page();
    if read("docs/SETTINGS.md") != fresh {
        let left = format!("{}/SETTINGS.md", env!("CARGO_TARGET_TMPDIR"));
        fs::write(&left, fresh).unwrap();
        panic!("docs/SETTINGS.md is stale; read the difference, then: cp {left} docs/SETTINGS.md");
    }
}

/// Asks the settings file itself: it names what it knows where it refuses a key.
#[test]
fn every_setting_is_documented_and_no_other() {
    let mut accepted = BTreeSet::new();
    accept("", &mut accepted);
    let documented = keys().map(|(section, key)| format!("{}.{}", section.name, key.name));
    let documented = documented.collect::<BTreeSet<_>>();
    assert!(accepted.len() > 60, "{accepted:?}");
    let table = "the table in src/settings/keys/";
    let missing = accepted.difference(&documented).collect::<Vec<_>>();
    assert!(missing.is_empty(), "settings without documentation in {table}: {missing:?}");
    let unknown = documented.difference(&accepted).collect::<Vec<_>>();
    assert!(unknown.is_empty(), "settings of {table} that the file does not accept: {unknown:?}");
}

#[test]
fn the_documented_defaults_are_those_in_force() {
    let printed = printed(EVERY_SECTION);
    let set = leaves(EVERY_SECTION);
    for (section, key) in keys() {
        let name = format!("{}.{}", section.name, key.name);
        match (set.contains_key(&name), key.default) {
            (true, None) => {}
            (true, Some(default)) => panic!("{name} is set here, so its default `{default}` is not seen"),
            (false, None) => assert!(NEVER_PRINTED.contains(&name.as_str()), "{name}: {printed:?}"),
            (false, Some(default)) => {
                let default = leaves(&format!("value = {default}"));
                assert_eq!(printed.get(&name), default.get("value"), "{name}");
            }
        }
    }
}

/// `1 to 3,600` or `1 or more`: the ends are accepted, what lies beyond is not.
#[test]
fn the_documented_bounds_are_those_in_force() {
    let mut held = 0;
    for (section, key) in keys() {
        let Some((least, most)) = bounds(key.accepts) else { continue };
        let accepts = |value: u64| {
            let variable = (section.variable(key), value.to_string());
            Settings::load(None, &[variable], Overrides::default()).is_ok()
        };
        held += 1;
        assert!(accepts(least) && most.is_none_or(accepts), "{}: {}", section.variable(key), key.accepts);
        let beyond = least.checked_sub(1).into_iter().chain(most.map(|most| most + 1));
        for value in beyond {
            assert!(!accepts(value), "{}: {value} is not {}", section.variable(key), key.accepts);
        }
    }
    assert!(held > 12, "{held}");
}

fn keys() -> impl Iterator<Item = (&'static Section, &'static Key)> {
    SECTIONS.iter().flat_map(|section| section.keys.iter().map(move |key| (section, key)))
}

fn load(file: &str) -> Result<Settings, String> {
    let dir = tempfile::tempdir().unwrap();
    let [path, codes, holidays] =
        ["smi.toml", "codes.toml", "holidays.csv"].map(|name| dir.path().join(name));
    fs::write(&codes, "").unwrap();
    fs::write(&holidays, "date,name,kind\n").unwrap();
    let file = file.replace("codes = 'e'", &format!("codes = '{}'", codes.display()));
    fs::write(&path, file.replace("holidays = 'q'", &format!("holidays = '{}'", holidays.display())))
        .unwrap();
    Settings::load(Some(&path), &[], Overrides::default()).map_err(|fault| fault.to_string())
}

/// The keys under a section that the settings file accepts.
fn accept(section: &str, found: &mut BTreeSet<String>) {
    let header = if section.is_empty() { String::new() } else { format!("[{section}]\n") };
    let refused = load(&format!("{header}no_such_key = 1\n")).unwrap_err();
    let Some((_, expected)) = refused.split_once("unknown field `no_such_key`, expected ") else {
        // A table where a value belongs: so it is a key.
        found.insert(section.replace('"', ""));
        return;
    };
    for name in expected.split('`').skip(1).step_by(2) {
        let name = if name.contains(' ') { format!("\"{name}\"") } else { name.to_owned() };
        accept(&if section.is_empty() { name } else { format!("{section}.{name}") }, found);
    }
}

fn printed(file: &str) -> BTreeMap<String, toml::Value> {
    leaves(&load(file).unwrap().to_string())
}

/// Each value of a TOML file, by the path of its key.
fn leaves(file: &str) -> BTreeMap<String, toml::Value> {
    fn walk(path: &str, table: toml::Table, found: &mut BTreeMap<String, toml::Value>) {
        for (key, value) in table {
            let path = if path.is_empty() { key } else { format!("{path}.{key}") };
            if let toml::Value::Table(table) = value {
                walk(&path, table, found);
            } else {
                found.insert(path, value);
            }
        }
    }
    let mut found = BTreeMap::new();
    walk("", file.parse().unwrap(), &mut found);
    found
}

fn bounds(accepts: &str) -> Option<(u64, Option<u64>)> {
    let number = |text: &str| text.replace(',', "").parse().ok();
    if let Some(least) = accepts.strip_suffix(" or more") {
        return Some((number(least)?, None));
    }
    let (least, most) = accepts.split_once(" to ")?;
    Some((number(least)?, Some(number(most)?)))
}

const HEAD: &str = "\
# Settings

For operators: every setting. The page is generated from the table in `src/settings/keys/` by
`tests/it/docs/settings.rs`.

- `smi --config smi.toml serve` reads a TOML file. Without `--config` no file is read.
- Every key has an environment variable. A flag wins over the environment, the environment over the file, the file over
  the default.
- A value of the environment is written as it is, without quotation marks. A list is written as in TOML:
  `SMI_SIMULATE_CSP_UNAVAILABLE='[\"North\"]'`.
- An unknown key, an unknown variable that begins with `SMI_`, and a wrong value stop the program at start. The message
  names file, line and column, or the variable.
- A relative path is relative to the current folder.
- `smi serve --print-config` prints the settings in force, without passwords and tokens. `smi check` tries them.
- Settings are read at start. SIGHUP reads certificates and keys again, and nothing else:
  [OPERATING.md](OPERATING.md#reload).
- Flags that set a key: `smi serve --listen` sets `server.listen`, `--manage-listen` sets `manage.listen`.

Default `-` means that the key is not set.
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for section in SECTIONS {
        write!(page, "\n## `[{}]`\n\n{}\n\n", section.name, section.about).unwrap();
        page.push_str("| key | environment variable | default | accepts | meaning |\n");
        page.push_str("| --- | --- | --- | --- | --- |\n");
        for key in section.keys {
            let default = key.default.map_or("-".to_owned(), |default| format!("`{default}`"));
            let (name, variable) = (key.name, section.variable(key));
            let row =
                format!("| `{name}` | `{variable}` | {default} | {} | {} |\n", key.accepts, key.meaning);
            page.push_str(&row);
        }
    }
    page
}
