//! The demonstration: a city with cases in every phase, made through the same
//! API that everybody uses.

mod clock;
mod plot;
mod review;
mod script;
mod stage;

use anyhow::Context;
use application::{Clock, SystemClock};
use domain::LegalDate;
use gateway::identity::demo::DemoIssuer;

use self::{plot::CasePlot, script::Script};
use crate::City;

pub(crate) use self::clock::{DemonstrationClock, router as calendar};

/// Fills a city that has no case yet.
pub(crate) async fn prepare(
    city: &City,
    issuer: &DemoIssuer,
    clock: &DemonstrationClock,
) -> anyhow::Result<()> {
    if city.desk.city().public_comment.iter().next().is_some() {
        clock.set(None);
        return Ok(());
    }
    tracing::info!("the demonstration city is being filled");
    let filled = fill(city, issuer, clock, LegalDate::of(SystemClock.now())).await;
    clock.set(None);
    filled.context("the demonstration city cannot be filled")
}

/// Lets everything happen that has happened by today.
async fn fill(
    city: &City,
    issuer: &DemoIssuer,
    clock: &DemonstrationClock,
    today: LegalDate,
) -> anyhow::Result<()> {
    let plots = CasePlot::all().context("a case of the demonstration cannot be read")?;
    let mut script = Script::new(city, issuer, clock, today);
    stage::play(&mut script, plots).await
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, sync::Arc};

    use gateway::identity::Issuers;

    use super::*;
    use crate::{Config, on_disk::OnDisk};

    /// In how many phases the cases are of a city that was filled on this day.
    async fn phases(today: &str, profile: &str) -> usize {
        let today: LegalDate = today.parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(DemonstrationClock::default());
        clock.set(Some(today.end().unwrap() - clock::BEFORE_EVERYTHING));
        let config = Config {
            profile: profile.to_owned(),
            ..Config::default()
        };
        let disk = OnDisk::open(&folder.path().join("log"), &config).await;
        let disk = disk.unwrap();
        let now = Arc::clone(&clock);
        let issuer = DemoIssuer::new("http://127.0.0.1:1", Arc::new(move || now.now())).unwrap();
        let authenticate = Issuers::new(vec![issuer.provider().unwrap()]);
        let parts = disk.parts(&config, Arc::clone(&clock) as _, Arc::new(authenticate));
        let city = City::start(parts.unwrap()).await.unwrap();
        fill(&city, &issuer, &clock, today)
            .await
            .unwrap_or_else(|error| panic!("{today}: {error:#}"));
        let cases = city.desk.city();
        let phases = cases.public_comment.iter().map(|case| case.phase_on(today));
        let phases: BTreeSet<_> = phases.map(|phase| format!("{phase:?}")).collect();
        phases.len()
    }

    #[tokio::test]
    async fn cases_are_in_every_phase_on_whatever_day_the_city_is_filled() {
        // Among them such that periods end in rows of holidays.
        for today in [
            "2026-05-13",
            "2026-12-01",
            "2027-01-06",
            "2027-01-18",
            "2028-02-29",
        ] {
            assert_eq!(phases(today, "kawasaki2009").await, 8, "{today}");
        }
        assert_eq!(phases("2026-12-01", "seed2004").await, 8);
    }
}
