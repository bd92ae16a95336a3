//! The page Variants: the report, suspects with their proof and who may correct them, downloads.

use smi::store::Kind;

use super::harness::Console;

/// The fixtures, whose list allows AD alone to the model of every ESME.
fn console() -> Console {
    let console = Console::start();
    let header = "device_manufacturer,device_model,firmware_version,esme_variants,source\n";
    console
        .smi
        .import(Kind::ModelVariants, &format!("{header}Sample Meters,SM-E1,,AD,<b>their letter</b>\n"));
    console
}

#[test]
fn suspects_are_shown_with_their_proof_and_who_may_correct_them() {
    let console = console();
    let reader = console.reader();
    let page = console.page(&reader, "/variants?by=status").main();
    assert!(page.contains("4 suspects, by EUI-64."), "{page}");
    assert!(
        page.contains("<tr><th scope=\"row\">All</th><td class=\"number\">5</td><td class=\"number\">4</td>"),
        "{page}"
    );
    assert!(page.contains("<th scope=\"row\">Suspended</th>"), "{page}");
    assert!(page.contains("model-variants has AD for `Sample Meters` `SM-E1`"), "{page}");
    assert!(page.contains("Corrected to date by SR 8.4: 0."), "{page}");
    let named = page.matches("/users/90-B3-D5-1F-30-").count();
    assert!(page.matches("nobody (").count() == 2 && named == 2, "{page}");
    assert!(!page.contains("<b>their"), "what others wrote is text: {page}");
    let pending = "90-B3-D5-1F-30-01-00-00";
    let page =
        console.page(&reader, &format!("/variants?correctable_by={pending}&evidence=contradicted")).main();
    assert!(page.contains("00-DB-12-34-56-78-90-AD") && !page.contains("00-DB-12-34-56-78-90-B0"), "{page}");
    let page = console.page(&reader, "/variants?evidence=hint").main();
    assert!(page.contains("No suspect fits these filters."), "{page}");
    let nobody = "correctable_by=00-DB-12-34-56-78-00-99";
    for bad in
        ["by=colour", "evidence=loud", "correctable_by=x", "after=x", "colour=red", "party=supa", nobody]
    {
        assert_eq!(console.get_as(&reader, &format!("/variants?{bad}")).status, 400, "{bad}");
    }
    for bad in ["party=supa", nobody] {
        assert_eq!(console.get_as(&reader, &format!("/variants.csv?{bad}")).status, 400, "{bad}");
    }
}

#[test]
fn suspects_and_report_are_downloaded() {
    let console = console();
    let reader = console.reader();
    let csv = console.page(&reader, "/variants.csv").text;
    assert_eq!((csv.lines().count(), csv.matches(",contradicted,strong,").count()), (5, 4), "{csv}");
    assert_eq!(
        console.get_as(&reader, "/variants.csv?after=00-DB-12-34-56-78-90-AB").status,
        400,
        "it is whole"
    );
    let json = console.page(&reader, "/variants.json?evidence=contradicted").text;
    let json = serde_json::from_str::<serde_json::Value>(&json).unwrap();
    assert_eq!((json["suspects"].as_array().unwrap().len(), &json["next"]), (4, &serde_json::Value::Null));
    let report = console.page(&reader, "/variants/report.csv?by=model").text;
    assert_eq!(
        report,
        "division,esmes,strong,weak,hint,left\n\"Sample Meters, SM-E1\",5,4,0,0,4\ntotal,5,4,0,0,4\n"
    );
    let json = console.page(&reader, "/variants/report.json").text;
    let json = serde_json::from_str::<serde_json::Value>(&json).unwrap();
    assert_eq!(json["total"]["left"], 4);
}

/// More than a page of any download: it is sent as it is found, and is whole.
#[test]
fn all_suspects_are_downloaded_as_csv() {
    let console = console();
    let header = "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,firmware_version,esme_variant\n";
    let line = |number: u16| {
        let [high, low] = number.to_be_bytes();
        let id = format!("00-DB-12-34-56-79-{high:02X}-{low:02X}");
        format!("{id},ESME,Commissioned,Sample Meters,SM-E1,SMETS2 V5.1,01020304,C\n")
    };
    let lines = (0..1_100).map(line).collect::<String>();
    console.smi.import(Kind::Devices, &(header.to_owned() + &lines));
    let csv = console.page(&console.reader(), "/variants.csv?evidence=contradicted").text;
    assert_eq!(csv.matches(",contradicted,strong,").count(), 1_104);
}
