//! The bytes on disk, as they were once and for all laid out.

use event_store::{Append, CommandId, Expected, NewEvent, Position, StreamWrite, Version};
use event_store_sled::format::{
    Events, FormatError, FrameBuilder, FrameHeader, SegmentHeader, frames,
};
use ulid::Ulid;

use crate::support::name;

fn segment() -> Vec<u8> {
    let header = SegmentHeader {
        number: 3,
        length: 4_096,
        first: Position(1_000),
        previous_end: 4_032,
        chain: 0x0102_0304,
    };
    let append = Append {
        command: CommandId(Ulid(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef)),
        writes: vec![
            StreamWrite {
                stream: name("a/1"),
                expected: Expected::Any,
                events: vec![NewEvent {
                    payload: "public".into(),
                    envelope: "private".into(),
                }],
            },
            StreamWrite {
                stream: name("b/2"),
                expected: Expected::None,
                events: vec![
                    NewEvent {
                        payload: "x".into(),
                        envelope: "".into(),
                    };
                    2
                ],
            },
        ],
    };
    let mut builder = FrameBuilder::default();
    builder.push(&append, &[Version(7), Version::FIRST]);
    let mut bytes = header.encode().to_vec();
    let (_, frame) = builder.finish(3, 64, Position(1_000), 0x0102_0304);
    bytes.extend_from_slice(frame);
    bytes
}

/// Lines of 32 bytes.
const EXPECTED: &[&str] = &[
    "6869726f62616c6700000001e6815ae100000000000000030000000000001000",
    "00000000000003e80000000000000fc001020304000000000000000000000000",
    "6866726d4492cf250000000100000050d24db57c010203040000000000000003",
    "000000000000004000000000000003e800000003000000010000000000000000",
    "0123456789abcdef0123456789abcdef000203612f3100000000000000070001",
    "0006000000077075626c69637072697661746503622f32000000000000000100",
    "020001000000007800010000000078ff00000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000000",
];

#[test]
fn the_layout_on_disk_stays_as_it_is() {
    let lines: Vec<String> = segment()
        .chunks(32)
        .map(|line| line.iter().map(|byte| format!("{byte:02x}")).collect())
        .collect();
    assert_eq!(lines, EXPECTED);
}

#[test]
fn what_was_laid_out_is_read_back() {
    let bytes = segment();
    assert_eq!(
        SegmentHeader::decode(&bytes).map(|header| header.first),
        Ok(Position(1_000))
    );
    let read: Vec<_> = frames(&bytes).collect::<Result<_, _>>().unwrap();
    let [(header, body)] = read.as_slice() else {
        panic!("not one frame");
    };
    let events: Vec<_> = Events::new(header, body).collect::<Result<_, _>>().unwrap();
    let places: Vec<_> = events
        .iter()
        .map(|event| {
            (
                event.position.0,
                event.stream,
                event.version.0,
                &body[event.payload.clone()],
            )
        })
        .collect();
    assert_eq!(
        places,
        [
            (1_000, "a/1", 7, &b"public"[..]),
            (1_001, "b/2", 1, b"x"),
            (1_002, "b/2", 2, b"x"),
        ]
    );
    assert_eq!(&body[events[0].envelope.clone()], b"private");
}

#[test]
fn every_flipped_bit_of_a_frame_is_noticed() {
    let bytes = segment();
    let header = FrameHeader::decode(&bytes[64..]).unwrap();
    let covered = FrameHeader::LENGTH + header.body_length as usize;
    for bit in 0..covered * 8 {
        let mut damaged = bytes.clone();
        damaged[64 + bit / 8] ^= 1 << (bit % 8);
        let read: Result<Vec<_>, FormatError> = frames(&damaged).collect();
        assert!(read.is_err(), "bit {bit}");
    }
    for bit in 0..SegmentHeader::LENGTH * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(SegmentHeader::decode(&damaged).is_err(), "bit {bit}");
    }
}
