//! Token buckets: so much at once, so much over time, for each client or case.

use std::{
    borrow::Borrow,
    collections::HashMap,
    fmt,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

use super::{ApiError, Budget, Caller};

/// How much may be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// How much may be spent at once, after a while of silence.
    pub burst: u64,
    /// How much comes back in a minute.
    pub per_minute: u64,
}

/// Reads a limit that can be switched off: a rate, or the word `off`.
///
/// # Errors
/// If it is neither.
pub fn rate_or_off<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Rate>, D::Error> {
    struct RateOrOff;

    impl<'de> Visitor<'de> for RateOrOff {
        type Value = Option<Rate>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("\"off\", or { burst = 300, per_minute = 600 }")
        }

        fn visit_str<E: de::Error>(self, word: &str) -> Result<Self::Value, E> {
            match word {
                "off" => Ok(None),
                _ => Err(E::invalid_value(de::Unexpected::Str(word), &self)),
            }
        }

        fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            let rate = Rate::deserialize(de::value::MapAccessDeserializer::new(map))?;
            if rate.burst == 0 || rate.per_minute == 0 {
                return Err(de::Error::custom(
                    "burst and per_minute are at least 1; write \"off\" for no limit",
                ));
            }
            Ok(Some(rate))
        }
    }

    deserializer.deserialize_any(RateOrOff)
}

/// A bucket for each key. A key that has all of its burst back is forgotten,
/// so that memory follows those who are busy.
#[derive(Debug)]
pub struct RateLimiter<Key> {
    rate: Rate,
    keys: Mutex<Buckets<Key>>,
}

#[derive(Debug)]
struct Buckets<Key> {
    /// When the bucket of the key will be full again, in microseconds.
    full_at: HashMap<Key, i64>,
    sweep_at: usize,
}

/// Below this many keys, nothing is forgotten.
const SMALL: usize = 1024;

impl<Key: Eq + Hash> RateLimiter<Key> {
    /// Nobody has spent anything yet.
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            keys: Mutex::new(Buckets {
                full_at: HashMap::new(),
                sweep_at: SMALL,
            }),
        }
    }

    /// Spends, and says what is left.
    ///
    /// # Errors
    /// The time to wait, if there is not enough; then nothing is spent.
    pub fn spend<Q>(&self, key: &Q, amount: u64, now: Timestamp) -> Result<u64, Duration>
    where
        Key: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = Key> + ?Sized,
    {
        let now = now.as_microsecond();
        let capacity = self.refill_time(self.rate.burst);
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        // An empty bucket is the least there is: where the clock was set back,
        // nobody waits for the hours that come twice.
        let latest = now.saturating_add(capacity);
        let full_at = keys.full_at.get(key).copied().unwrap_or(now);
        let full_at = full_at.clamp(now, latest);
        let spent = full_at.saturating_add(self.refill_time(amount));
        let missing = spent.saturating_sub(now).saturating_sub(capacity);
        if 0 < missing {
            return Err(Duration::from_micros(missing.unsigned_abs()));
        }
        keys.full_at.insert(key.to_owned(), spent);
        if keys.sweep_at < keys.full_at.len() {
            keys.full_at.retain(|_, full_at| now < *full_at);
            keys.sweep_at = SMALL.max(2 * keys.full_at.len());
        }
        let left = capacity.saturating_sub(spent.saturating_sub(now));
        Ok(self.refilled_in(left))
    }

    /// How long it takes until so much has come back, in microseconds.
    fn refill_time(&self, amount: u64) -> i64 {
        let micros = u128::from(amount) * 60_000_000 / u128::from(self.rate.per_minute.max(1));
        i64::try_from(micros).unwrap_or(i64::MAX)
    }

    fn refilled_in(&self, micros: i64) -> u64 {
        let amount =
            u128::from(micros.unsigned_abs()) * u128::from(self.rate.per_minute) / 60_000_000;
        u64::try_from(amount).unwrap_or(u64::MAX)
    }
}

/// Limits what a client asks for over time, by the cost of its operations.
#[derive(Debug)]
pub struct CostPerClient(RateLimiter<ClientKey>);

impl CostPerClient {
    /// With a rate in points of cost.
    pub fn new(rate: Rate) -> Self {
        Self(RateLimiter::new(rate))
    }
}

impl Budget for CostPerClient {
    fn spend(&self, caller: &Caller, cost: u64) -> Result<Option<u64>, ApiError> {
        self.0
            .spend(&ClientKey::of(caller), cost, caller.now)
            .map(Some)
            .map_err(|retry_after| ApiError::RateLimited { retry_after })
    }
}

/// Who is limited: the person if somebody is signed in, else the address they
/// come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ClientKey {
    /// Issuer and subject.
    Person(String, String),
    /// An IPv4 address, or the network of an IPv6 address: a household gets a
    /// whole /64, so single addresses would limit nobody.
    Network(u128),
    /// No address is known: all such requests share one limit.
    Unknown,
}

impl ClientKey {
    /// Whom this caller counts as.
    pub fn of(caller: &Caller) -> Self {
        if let Some(identity) = &caller.identity {
            return Self::Person(identity.issuer.clone(), identity.subject.clone());
        }
        Self::of_address(caller.address)
    }

    /// Whom this address counts as.
    pub fn of_address(address: Option<std::net::IpAddr>) -> Self {
        match address {
            Some(std::net::IpAddr::V4(address)) => {
                Self::Network(address.to_ipv6_mapped().to_bits())
            }
            Some(std::net::IpAddr::V6(address)) => Self::Network(address.to_bits() >> 64 << 64),
            None => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_burst_is_allowed_and_comes_back_over_time() {
        let limiter = RateLimiter::<String>::new(Rate {
            burst: 3,
            per_minute: 60,
        });
        assert_eq!(limiter.spend("a", 1, at(0)), Ok(2));
        assert_eq!(limiter.spend("a", 2, at(0)), Ok(0));
        assert_eq!(limiter.spend("a", 1, at(0)), Err(Duration::from_secs(1)));
        assert_eq!(limiter.spend("b", 1, at(0)), Ok(2));
        assert_eq!(limiter.spend("a", 1, at(1)), Ok(0));
        assert_eq!(limiter.spend("a", 1, at(100)), Ok(2));
        assert!(limiter.spend("a", 4, at(200)).is_err());
    }

    #[test]
    fn a_clock_that_goes_back_takes_nothing_away() {
        let limiter = RateLimiter::<String>::new(Rate {
            burst: 2,
            per_minute: 60,
        });
        assert_eq!(limiter.spend("a", 1, at(100)), Ok(1));
        assert!(limiter.spend("a", 1, at(0)).is_err());
        assert_eq!(limiter.spend("a", 1, at(100)), Ok(0));
    }

    #[test]
    fn nobody_waits_for_hours_that_come_twice() {
        let limiter = RateLimiter::<String>::new(Rate {
            burst: 1,
            per_minute: 1,
        });
        assert!(limiter.spend("a", 1, at(7_200)).is_ok());
        let minute = Duration::from_secs(60);
        assert_eq!(limiter.spend("a", 1, at(3_600)), Err(minute));
    }

    #[test]
    fn those_who_are_silent_are_forgotten() {
        let limiter = RateLimiter::<u64>::new(Rate {
            burst: 1,
            per_minute: 60,
        });
        for client in 0..100_000 {
            assert!(
                limiter
                    .spend(&client, 1, at(i64::try_from(client).unwrap()))
                    .is_ok()
            );
        }
        assert!(limiter.keys.lock().unwrap().full_at.len() <= SMALL + 1);
    }

    #[test]
    fn a_household_is_one_client() {
        let key = |address: &str| ClientKey::of_address(Some(address.parse().unwrap()));
        assert_eq!(key("2001:db8:0:1::1"), key("2001:db8:0:1:ffff::2"));
        assert_ne!(key("2001:db8:0:1::1"), key("2001:db8:0:2::1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }
}
