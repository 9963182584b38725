//! A city's clerk may hand any file to the import.

#![no_main]

use libfuzzer_sys::fuzz_target;
use server::import::{Channel, Defaults, Table, decode};

fuzz_target!(|bytes: &[u8]| {
    let Ok((text, _)) = decode(bytes) else { return };
    let defaults = Defaults {
        channel: Some(Channel::Email),
        received_on: "2026-04-01".parse().ok(),
    };
    let maps = text.lines().next().map(|header| format!("body={header}"));
    let maps: Vec<String> = maps.into_iter().collect();
    for maps in [&maps[..], &[]] {
        let Ok(table) = Table::read(&text, maps, defaults) else {
            continue;
        };
        for row in &table.rows {
            assert!(!row.body.trim().is_empty());
            assert_eq!(table.command_id("case", row), table.command_id("case", row));
        }
    }
});
