use super::*;

#[test]
fn sr_8_2_finds_some_and_not_too_many() {
    let read = |count: usize| {
        let entry = InventoryEntry { device: device(DeviceType::Esme, None), cpl_status: None };
        let decision = decide_on(
            Body::ReadInventory(ReadInventory::DeviceId(DEVICE)),
            Case::ReadInventory(vec![entry; count]),
        );
        (decision.code.as_str(), decision.decided_by().unwrap().id)
    };
    assert_eq!(read(0), ("E080201", "SR8.2/a"));
    assert_eq!(read(1), ("I0", "SR8.2/b"));
    assert_eq!(read(17), ("I0", "SR8.2/b"));
    assert_eq!(read(18), ("E080202", "SR8.2/b"));
}
