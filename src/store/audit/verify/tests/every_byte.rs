//! Any byte that changes is found.

use super::*;

/// A cell of one of the two tables: its content as bytes.
#[derive(Clone, Copy, Debug)]
enum Cell {
    Text(&'static str, &'static str),
    Bytes(&'static str, &'static str),
    Number(&'static str, &'static str),
}

const CELLS: &[Cell] = &[
    Cell::Text("decisions", "request_id"),
    Cell::Text("decisions", "user_id"),
    Cell::Text("decisions", "device_id"),
    Cell::Text("decisions", "service_reference_variant"),
    Cell::Text("decisions", "code"),
    Cell::Text("decisions", "rule"),
    Cell::Text("decisions", "decided_at"),
    Cell::Text("decisions", "steps"),
    Cell::Text("decisions", "changes"),
    Cell::Number("decisions", "changes_after"),
    Cell::Text("decisions", "chain"),
    Cell::Number("decisions", "sequence"),
    Cell::Bytes("decisions", "previous_hash"),
    Cell::Bytes("decisions", "hash"),
    Cell::Text("audit_heads", "chain"),
    Cell::Number("audit_heads", "sequence"),
    Cell::Bytes("audit_heads", "hash"),
    Cell::Number("audit_heads", "first_sequence"),
    Cell::Bytes("audit_heads", "first_previous_hash"),
];

#[derive(diesel::QueryableByName)]
struct TextCell {
    #[diesel(sql_type = Text)]
    cell: String,
}

#[derive(diesel::QueryableByName)]
struct BytesCell {
    #[diesel(sql_type = Binary)]
    cell: Vec<u8>,
}

#[derive(diesel::QueryableByName)]
struct NumberCell {
    #[diesel(sql_type = BigInt)]
    cell: i64,
}

/// Changes one byte of a cell; `false` if the database refused it.
fn change(connection: &mut Connection, cell: Cell, record: i64, at: usize, by: u8) -> bool {
    let (Cell::Text(table, column) | Cell::Bytes(table, column) | Cell::Number(table, column)) = cell;
    let row = if table == "decisions" { format!("id = {record}") } else { "first_sequence = 1".to_owned() };
    let read = sql_query(format!("SELECT {column} AS cell FROM {table} WHERE {row}"));
    let write = format!("UPDATE {table} SET {column} = $1 WHERE {row}");
    let done = match cell {
        Cell::Text(..) => {
            let mut bytes = read.get_result::<TextCell>(connection).unwrap().cell.into_bytes();
            let at = at % bytes.len();
            // A character that a text may contain.
            bytes[at] = b' ' + (bytes[at] - b' ' + 1 + by % 94) % 95;
            sql_query(write).bind::<Text, _>(String::from_utf8(bytes).unwrap()).execute(connection)
        }
        Cell::Bytes(..) => {
            let mut bytes = read.get_result::<BytesCell>(connection).unwrap().cell;
            let at = at % bytes.len();
            bytes[at] ^= by.max(1);
            sql_query(write).bind::<Binary, _>(bytes).execute(connection)
        }
        Cell::Number(..) => {
            let mut bytes = read.get_result::<NumberCell>(connection).unwrap().cell.to_be_bytes();
            bytes[at % 8] ^= by.max(1);
            sql_query(write).bind::<BigInt, _>(i64::from_be_bytes(bytes)).execute(connection)
        }
    };
    done.is_ok_and(|rows| rows == 1)
}

#[test]
fn any_byte_of_any_column_of_any_record_that_changes_is_found() {
    let temp = ten();
    let cases = (select(CELLS), 1_i64..=10, any::<usize>(), any::<u8>());
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let changed = std::cell::Cell::new(0);
    let outcome = runner.run(&cases, |(cell, record, at, by)| {
        let found = temp.transact(move |connection| {
            let mut found = None;
            let undone = diesel::Connection::transaction(connection, |connection| {
                if change(connection, cell, record, at, by) {
                    found = Some(all(connection, None));
                }
                Err::<(), _>(diesel::result::Error::RollbackTransaction)
            });
            assert!(undone.is_err());
            Ok(found)
        });
        if let Some(found) = found.unwrap() {
            changed.set(changed.get() + 1);
            prop_assert!(!found.is_empty());
        }
        Ok(())
    });
    outcome.unwrap();
    assert!(changed.get() > 200, "only {} changes were made", changed.get());
    assert_eq!(after_in(&temp, &[]), "");
}
