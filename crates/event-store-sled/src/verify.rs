//! Reading everything, to know whether everything is there.

use event_store::{LogSize, ReadError};

use crate::{
    format::{Events, FormatError, SegmentHeader},
    segment::Segment,
    shared::Shared,
};

/// What a full verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Segments that were read.
    pub segments: usize,
    /// Frames that are whole.
    pub frames: u64,
    /// Events in them.
    pub events: u64,
    /// Up to where the log was read.
    pub size: LogSize,
    /// What is damaged: one for each segment that is, with the first position
    /// that cannot be served.
    pub damages: Vec<ReadError>,
}

impl Shared {
    /// Reads every frame of every segment, and checks that positions continue
    /// and that each frame names the one before it.
    pub(crate) fn verify(&self) -> Verification {
        let size = *self.size.borrow();
        let segments = self.segments().clone();
        let mut found = Verification {
            segments: segments.len(),
            size,
            ..Verification::default()
        };
        let nexts = segments.iter().skip(1).map(|next| Some(&next.header));
        for (segment, next) in segments.iter().zip(nexts.chain([None])) {
            if let Err(damage) = verify_segment(segment, next, size, &mut found) {
                found.damages.push(damage);
            }
        }
        if let Some(damage) = self.damage.clone().filter(|_| found.damages.is_empty()) {
            found.damages.push(damage);
        }
        found
    }
}

fn verify_segment(
    segment: &Segment,
    following: Option<&SegmentHeader>,
    size: LogSize,
    found: &mut Verification,
) -> Result<(), ReadError> {
    let mut next = segment.header.first;
    let mut chain = segment.header.chain;
    let mut frames = segment.frames(SegmentHeader::LENGTH as u64);
    loop {
        let at = frames.offset();
        let damaged = |error| segment.read_error(error, next, at);
        let Some(frame) = frames.next().map_err(damaged)? else {
            let end = following.map_or((next, chain), |header| (header.first, header.chain));
            return if (next, chain) == end {
                Ok(())
            } else {
                Err(damaged(FormatError::Short("segment").into()))
            };
        };
        // What came after the verification began is for the next one.
        if following.is_none() && size.0 <= frame.header.first.0 && frame.header.events != 0 {
            return Ok(());
        }
        if frame.header.first != next || frame.header.chain != chain {
            return Err(damaged(
                FormatError::Impossible("order of the frames").into(),
            ));
        }
        for event in Events::new(&frame.header, &frame.body) {
            event.map_err(|error| damaged(error.into()))?;
            found.events += 1;
        }
        found.frames += 1;
        next = frame.header.next();
        chain = frame.header.checksum;
    }
}
