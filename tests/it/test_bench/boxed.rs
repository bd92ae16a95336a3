//! `fixtures/dcc-boxed`: what Smart DCC's templates name is there, and the settings load (docs/NODE-RED.md).

use smi::{
    settings::{Overrides, Settings},
    store::Kind,
};

use crate::support::{DCC, SUPPLIER, Smi, package};

/// A request of a template: its variant, its body, and another counter each time.
fn request(counter: u32, variant: &str, body: &str) -> String {
    let reference = variant.split('.').take(2).collect::<Vec<_>>().join(".");
    format!(
        "<sr:Request xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" schemaVersion=\"5.2\"><sr:Header>\
         <sr:RequestID>{SUPPLIER}:{DCC}:{counter}</sr:RequestID><sr:CommandVariant>8</sr:CommandVariant>\
         <sr:ServiceReference>{reference}</sr:ServiceReference>\
         <sr:ServiceReferenceVariant>{variant}</sr:ServiceReferenceVariant></sr:Header>\
         <sr:Body>{body}</sr:Body></sr:Request>"
    )
}

#[test]
fn the_fixture_answers_what_the_templates_carry() {
    let folder = package().join("fixtures/dcc-boxed");
    let smi = Smi::new();
    let mut kinds = Vec::new();
    for kind in Kind::ALL {
        if let Ok(csv) = std::fs::read_to_string(folder.join(format!("{kind}.csv"))) {
            smi.import(*kind, &csv);
            kinds.push(*kind);
        }
    }
    assert!([Kind::Users, Kind::Registrations, Kind::Coverage].iter().all(|kind| kinds.contains(kind)));
    let told = [
        (
            "12.2",
            "<sr:DevicePrenotification><sr:DeviceID>00-DB-12-34-56-78-90-A0</sr:DeviceID>\
             <sr:DeviceManufacturer>AB01</sr:DeviceManufacturer><sr:DeviceModel>010A030B</sr:DeviceModel>\
             <sr:DeviceType>ESME</sr:DeviceType><sr:SMETSCHTSVersion>SMETS V1.58</sr:SMETSCHTSVersion>\
             <sr:FirmwareVersion>0002012F</sr:FirmwareVersion><sr:ESMEVariant>AD</sr:ESMEVariant></sr:DevicePrenotification>",
        ),
        ("8.2", "<sr:ReadInventory><sr:DeviceID>00-DB-12-34-56-78-90-A2</sr:DeviceID></sr:ReadInventory>"),
        (
            "8.14.1",
            "<sr:CHFInstallSuccessSMWAN><sr:DeviceID>00-DB-12-34-56-78-90-A2</sr:DeviceID>\
             <sr:CHFInstallType>New CHF Install</sr:CHFInstallType><sr:MPxN>1000999888</sr:MPxN>\
             <sr:AerialInstall>true</sr:AerialInstall><sr:CHFLocation>Basement or Cellar</sr:CHFLocation></sr:CHFInstallSuccessSMWAN>",
        ),
    ];
    let codes = told.iter().zip(1..).map(|((variant, body), counter)| {
        let message = request(counter, variant, body);
        (*variant, smi.post(&smi.sign(&message, SUPPLIER)).code)
    });
    let codes = codes.collect::<Vec<_>>();
    assert_eq!(
        codes,
        [("12.2", "I99"), ("8.2", "I0"), ("8.14.1", "I99")].map(|(of, code)| (of, code.to_owned()))
    );
}

#[test]
fn the_settings_of_the_fixture_load() {
    let file = package().join("fixtures/dcc-boxed/smi.toml");
    let settings = Settings::load(Some(&file), &[], Overrides::default()).unwrap();
    assert_eq!(settings.store_timeout.as_secs(), 2);
    assert!(settings.test.is_some_and(|test| test.states.is_some()) && settings.test_clock.is_none());
}
