//! Orders with hostile texts, and an instance without the re-flash service.

use smi::{service::Choices, store::Kind};

use super::{
    harness::Console,
    orders::{ASKED, chf, list, load, look_at, ordered, stocked},
};
use crate::support::{DCC, Smi, package};

/// What others wrote is text: of locations, references, models, contacts.
#[test]
fn nothing_about_orders_is_markup() {
    let console = stocked();
    let operator = console.operator();
    let locations = "location_id,party_signifier,csp_regions,name,address,postcode,contact_email,max_hubs,hubs_per_month,deliveries_per_window\n\
        FLASH-CS,,Central;South,<script>s</script>,<i>1 Road</i>,ZZ4 4CC,south@site.example,,,2\n\
        SUPA-1,SUPA,,<u>store</u>,<em>2 Road</em>,ZZ1 1CC,stock@alder.example,,,\n";
    console.smi.import(Kind::Units, "unit_id,location_id,places,check_due_on\n");
    console.smi.import(Kind::Locations, locations);
    let csv = format!("{}{},<f>,<script>m</script>,<b>SH</b>\n", list(&[1]), chf(2));
    let fields = [&ASKED[..], &[("hubs", "2"), ("reference", "<script>r</script>")]].concat();
    let tried = console.upload_as(&operator, "/orders/new/try", &fields, &csv);
    let tried = tried.header("location").to_owned();
    assert_eq!(console.post_as(&operator, &format!("{tried}/send"), &[]).status, 303);
    ordered(&console, &operator, &[4]);
    let hostile = [
        ("event", "Authorise"),
        ("slot", "2022-01-31 09:00-12:00"),
        ("contact", "<script>c</script>"),
        ("purchase_order", "<b>PO</b>"),
    ];
    let authorised = console.post_as(&operator, "/orders/RF-000002/events", &hostile);
    assert_eq!(authorised.status, 303, "{}", authorised.text);
    for path in [
        "/orders",
        "/orders/new",
        "/orders/RF-000001",
        "/orders/RF-000002",
        "/orders/RF-000002/labels",
        "/sites",
        "/sites/FLASH-CS",
    ] {
        let page = console.page(&operator, path).text;
        for markup in ["<script>", "<b>", "<i>", "<u>", "<em>", "<f>"] {
            assert!(!page.contains(markup), "{path}: {markup}");
        }
    }
    assert!(console.page(&operator, "/orders/RF-000001").text.contains("&#60;script&#62;r"));
    let refused = console.post_as(&operator, "/orders/RF-000001/events", &[("event", "<script>")]);
    assert!(refused.status == 400 && !refused.text.contains("<script>&"), "{}", refused.text);
}

/// `[reflash] enabled = false`: pages say so, and calls are refused.
#[test]
fn where_there_is_no_re_flash_service_pages_say_so() {
    let console = Console::of(Smi::choosing(Choices::of(DCC)));
    console.smi.import(
        Kind::Users,
        &std::fs::read_to_string(package().join("fixtures/inventory/users.csv")).unwrap(),
    );
    load(&console);
    let operator = console.operator();
    for path in ["/orders", "/orders/new", "/sites", "/sites/FLASH-CS"] {
        let page = console.page(&operator, path).main();
        assert!(page.contains("There is no re-flash service here"), "{path}: {page}");
        assert!(!page.contains("method=\"post\""), "{path}: {page}");
    }
    let hub = console.page(&operator, &format!("/hubs/{}", chf(1))).main();
    assert!(hub.contains("There is no re-flash service here"), "{hub}");
    let refused = look_at(&console, &operator, "1", &list(&[1]));
    assert!(
        refused.status == 409 && refused.text.contains("there is no re-flash service"),
        "{}",
        refused.text
    );
}
