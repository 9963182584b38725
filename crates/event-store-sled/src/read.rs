//! Reading: everything is checked on its way from the disk to the reader.
//!
//! These functions block while the disk works. The store runs them on the
//! runtime's threads for blocking work, because a page that is not in memory
//! may take milliseconds, and a runtime thread that waits serves nobody.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use event_store::{Direction, Position, ReadError, Recorded, StreamName, Version};

use crate::{
    format::{EventView, Events, FormatError, SegmentHeader},
    segment::{Frame, Segment},
    shared::{Shared, index_error},
};

/// A page ends when it holds so many bytes.
const PAGE: usize = 1 << 20;

/// How many readers can go on where they were without a look-up.
const READERS: usize = 16;

/// Where readers of the whole log left off.
#[derive(Debug, Default)]
pub(crate) struct Trail(Mutex<VecDeque<(Position, u64, u64)>>);

impl Trail {
    fn steps(&self) -> MutexGuard<'_, VecDeque<(Position, u64, u64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leave(&self, next: Position, segment: u64, offset: u64) {
        let mut steps = self.steps();
        steps.retain(|(position, _, _)| *position != next);
        steps.push_back((next, segment, offset));
        if READERS < steps.len() {
            steps.pop_front();
        }
    }

    fn find(&self, position: Position, segment: u64) -> Option<u64> {
        self.steps()
            .iter()
            .find(|(next, number, _)| *next == position && *number == segment)
            .map(|(_, _, offset)| *offset)
    }
}

impl Shared {
    /// The segment that holds this position, and its place in the list.
    fn segment_of(&self, position: Position) -> Option<(usize, Arc<Segment>)> {
        let segments = self.segments();
        let after = segments.partition_point(|segment| segment.header.first <= position);
        let place = after.checked_sub(1)?;
        Some((place, segments.get(place)?.clone()))
    }

    /// An offset in the segment from which reading forwards finds the position.
    fn offset_of(&self, segment: &Segment, position: Position) -> u64 {
        let number = segment.header.number;
        let in_memory = || self.memory().of(number).map(|index| index.offset(position));
        self.trail
            .find(position, number)
            .or_else(|| match in_memory() {
                Some(offset) => offset,
                // Without the index the segment is read from its beginning.
                None => self.index.offset(number, position).ok().flatten(),
            })
            .unwrap_or(SegmentHeader::LENGTH as u64)
    }

    /// A page of the log.
    pub(crate) fn read_all(
        &self,
        from: Position,
        limit: usize,
    ) -> Result<Vec<Recorded>, ReadError> {
        let size = *self.size.borrow();
        let mut page = Vec::new();
        let mut bytes = 0;
        let mut next = from;
        if limit == 0 {
            return Ok(page);
        }
        let Some((mut place, mut segment)) = self.segment_of(from) else {
            return Ok(page);
        };
        let mut frames = segment.frames(self.offset_of(&segment, from));
        loop {
            let at = frames.offset();
            let frame = match frames.next() {
                Ok(Some(frame)) => frame,
                Ok(None) => {
                    place += 1;
                    let Some(following) = self.segments().get(place).cloned() else {
                        break;
                    };
                    if following.header.first != next {
                        let error = FormatError::Short("segment").into();
                        return page_or(page, segment.read_error(error, next, at));
                    }
                    segment = following;
                    frames = segment.frames(SegmentHeader::LENGTH as u64);
                    continue;
                }
                Err(error) => return page_or(page, segment.read_error(error, next, at)),
            };
            if frame.header.next() <= next {
                continue;
            }
            if next < frame.header.first {
                let error = FormatError::Impossible("order of the frames").into();
                return page_or(page, segment.read_error(error, next, at));
            }
            let mut name = None;
            for event in Events::new(&frame.header, &frame.body) {
                let event = event.map_err(|error| segment.read_error(error.into(), next, at))?;
                if event.position < next {
                    continue;
                }
                if page.len() == limit || PAGE <= bytes || !size.holds(event.position) {
                    self.trail.leave(next, segment.header.number, at);
                    return Ok(page);
                }
                let recorded = recorded(&frame.body, event, &mut name)
                    .map_err(|error| segment.read_error(error.into(), next, at))?;
                bytes += recorded.payload.len();
                next = recorded.position.next();
                page.push(recorded);
            }
        }
        if let Err(damage) = self.end_is_known() {
            return page_or(page, damage);
        }
        self.trail
            .leave(next, segment.header.number, frames.offset());
        Ok(page)
    }

    /// A page of a stream.
    pub(crate) fn read_stream(
        &self,
        stream: &StreamName,
        from: Version,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Recorded>, ReadError> {
        let Some(head) = self.head(stream)? else {
            return Ok(Vec::new());
        };
        let length = limit as u64;
        let (low, high) = match direction {
            Direction::Forwards => {
                let low = from.max(Version::FIRST);
                (low.0, low.0.saturating_add(length).saturating_sub(1))
            }
            Direction::Backwards => {
                let high = from.min(head);
                (high.0.saturating_sub(length).saturating_add(1), high.0)
            }
        };
        let (low, high) = (Version(low.max(1)), Version(high.min(head.0)));
        if high < low || limit == 0 {
            return Ok(Vec::new());
        }
        let mut places = {
            let memory = self.memory();
            let mut places: Vec<_> = memory
                .indexes()
                .filter_map(|index| index.streams.get(stream))
                .flat_map(|found| found.between(low, high))
                .collect();
            // Under the same lock: a segment is in memory or in the index.
            if (places.len() as u64) < high.0 - low.0 + 1 {
                places.extend(self.index.places(stream, low, high).map_err(index_error)?);
            }
            places
        };
        places.sort_unstable_by_key(|(version, _)| *version);
        places.dedup_by_key(|(version, _)| *version);
        if places.len() as u64 != high.0 - low.0 + 1 {
            return Err(ReadError::Storage {
                reason: format!("the index lacks versions of stream {stream}"),
            });
        }
        if direction == Direction::Backwards {
            places.reverse();
        }
        let mut read: Option<(Position, Frame)> = None;
        let mut events = Vec::with_capacity(places.len());
        for (version, place) in places {
            let missing = || ReadError::Storage {
                reason: format!(
                    "the index names a wrong place for version {version} of stream {stream}"
                ),
            };
            let (_, segment) = self.segment_of(place.position).ok_or_else(missing)?;
            let at = u64::from(place.offset);
            let damaged = |error| segment.read_error(error, place.position, at);
            let in_frame = |frame: &Frame| {
                frame.header.first <= place.position && place.position < frame.header.next()
            };
            let frame = match read.take().filter(|(_, frame)| in_frame(frame)) {
                Some((_, frame)) => frame,
                None => segment.frame(at).map_err(damaged)?,
            };
            let event = find(&frame, place.position)
                .map_err(|error| damaged(error.into()))?
                .filter(|event| event.stream == stream.as_str() && event.version == version)
                .ok_or_else(missing)?;
            let recorded = recorded(&frame.body, event, &mut Some(stream.clone()))
                .map_err(|error| damaged(error.into()))?;
            events.push(recorded);
            read = Some((place.position, frame));
        }
        Ok(events)
    }

    /// The envelope of an event.
    pub(crate) fn envelope(&self, position: Position) -> Result<Option<Bytes>, ReadError> {
        if !self.size.borrow().holds(position) {
            return self.end_is_known().map(|()| None);
        }
        let Some((_, segment)) = self.segment_of(position) else {
            return Ok(None);
        };
        let mut frames = segment.frames(self.offset_of(&segment, position));
        loop {
            let at = frames.offset();
            let damaged = |error| segment.read_error(error, position, at);
            let frame = frames
                .next()
                .and_then(|frame| frame.ok_or(FormatError::Short("segment").into()))
                .map_err(damaged)?;
            if position < frame.header.next() {
                let event = find(&frame, position)
                    .and_then(|event| event.ok_or(FormatError::Impossible("order of the frames")))
                    .map_err(|error| damaged(error.into()))?;
                let envelope = frame.body.slice(event.envelope);
                return Ok((!envelope.is_empty()).then_some(envelope));
            }
        }
    }
}

/// What was read before the damage is good; the damage is told to whoever reads
/// on.
fn page_or(page: Vec<Recorded>, error: ReadError) -> Result<Vec<Recorded>, ReadError> {
    if page.is_empty() {
        Err(error)
    } else {
        Ok(page)
    }
}

fn find(frame: &Frame, position: Position) -> Result<Option<EventView<'_>>, FormatError> {
    Events::new(&frame.header, &frame.body)
        .find(|event| {
            event
                .as_ref()
                .map_or(true, |event| event.position == position)
        })
        .transpose()
}

/// The event with its bytes, which are slices of what was read. `name` is the
/// stream of the event before: one command often adds many to one stream.
fn recorded(
    body: &Bytes,
    event: EventView<'_>,
    name: &mut Option<StreamName>,
) -> Result<Recorded, FormatError> {
    let stream = match name.take() {
        Some(name) if name.as_str() == event.stream => name,
        _ => event
            .stream
            .parse()
            .map_err(|_| FormatError::Impossible("name of a stream"))?,
    };
    *name = Some(stream.clone());
    Ok(Recorded {
        position: event.position,
        stream,
        version: event.version,
        command: event.command,
        payload: body.slice(event.payload),
    })
}
