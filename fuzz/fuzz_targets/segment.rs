//! Hostile bytes in place of a segment file give errors, never a panic, and
//! what is decoded lies within the bytes.

#![no_main]

use event_store::Position;
use event_store_sled::format::{Events, FrameHeader, FrameKind, SegmentHeader, frames};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = SegmentHeader::decode(bytes);
    for (header, body) in frames(bytes).flatten() {
        check(&header, body);
    }
    // Checksums stop nearly everything above: the body also without them.
    let Some((header, body)) = bytes.split_first_chunk::<2>() else {
        return;
    };
    let [events, commands] = *header;
    let header = FrameHeader {
        kind: FrameKind::Commit,
        body_length: body.len() as u32,
        body_checksum: 0,
        chain: 0,
        segment: 1,
        offset: 64,
        first: Position(u64::MAX - 3),
        events: u32::from(events),
        commands: u32::from(commands),
        checksum: 0,
    };
    check(&header, body);
});

fn check(header: &FrameHeader, body: &[u8]) {
    let mut next = header.first;
    for event in Events::new(header, body).flatten() {
        assert_eq!(event.position, next);
        assert!(body.get(event.payload).is_some());
        assert!(body.get(event.envelope).is_some());
        next = event.position.next();
    }
}
