//! The demonstration: a city with cases in every phase, made through the same
//! API that everybody uses.

mod clock;
mod plot;
mod review;
mod script;
mod stage;

use std::path::{Path, PathBuf};

use anyhow::Context;
use application::{Clock, SystemClock};
use disk::Disk;
use domain::LegalDate;
use event_store::LogSize;
use gateway::identity::demo::DemoIssuer;

use self::{plot::CasePlot, script::Script};
use crate::City;

pub(crate) use self::clock::{DemonstrationClock, router as calendar};

/// Stands beside the log while the city is being filled, and holds the day on
/// which that began.
const UNFINISHED: &str = "demonstration.unfinished";

/// A city that has to be filled, or filled on: every command has the id that it
/// had the first time, so what was recorded before a stop is recorded once.
pub(crate) struct Filling {
    note: PathBuf,
    began: LegalDate,
}

impl Filling {
    /// Whether the city in this directory has to be filled.
    pub(crate) fn due(data: &Path, log: LogSize) -> anyhow::Result<Option<Self>> {
        let note = data.join(UNFINISHED);
        if let Some(day) = disk::read(&note)? {
            let day = String::from_utf8(day).ok().and_then(|day| day.parse().ok());
            let began = day.with_context(|| format!("{} holds no day", note.display()))?;
            return Ok(Some(Self { note, began }));
        }
        if log != LogSize(0) {
            return Ok(None);
        }
        let began = LegalDate::of(SystemClock.now());
        Disk::new().replace(&note, began.to_string().as_bytes())?;
        Ok(Some(Self { note, began }))
    }

    /// Fills it.
    pub(crate) async fn fill(
        self,
        city: &City,
        issuer: &DemoIssuer,
        clock: &DemonstrationClock,
    ) -> anyhow::Result<()> {
        tracing::info!("the demonstration city is being filled");
        let filled = fill(city, issuer, clock, self.began).await;
        clock.set(None);
        filled.context(
            "the demonstration city cannot be filled; without its directory, the next start \
             makes another",
        )?;
        Ok(Disk::new().remove(&self.note)?)
    }
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

    /// A city for a demonstration as it is on some day.
    struct Town {
        clock: Arc<DemonstrationClock>,
        issuer: DemoIssuer,
        city: City,
        today: LegalDate,
    }

    impl Town {
        async fn start(data: &Path, today: &str, profile: &str) -> Self {
            let today: LegalDate = today.parse().unwrap();
            let clock = Arc::new(DemonstrationClock::default());
            clock.set(Some(today.end().unwrap() - clock::BEFORE_EVERYTHING));
            let config = Config {
                profile: profile.to_owned(),
                ..Config::default()
            };
            let disk = OnDisk::open(data, &config).await.unwrap();
            let now = Arc::clone(&clock);
            let issuer =
                DemoIssuer::new("http://127.0.0.1:1", Arc::new(move || now.now())).unwrap();
            let authenticate = Issuers::new(vec![issuer.provider().unwrap()]);
            let parts = disk.parts(&config, Arc::clone(&clock) as _, Arc::new(authenticate));
            let city = City::start(parts.unwrap()).await.unwrap();
            Self {
                clock,
                issuer,
                city,
                today,
            }
        }

        async fn fill(&self) {
            fill(&self.city, &self.issuer, &self.clock, self.today)
                .await
                .unwrap_or_else(|error| panic!("{}: {error:#}", self.today));
        }

        /// In how many phases the cases are.
        fn phases(&self) -> usize {
            let cases = self.city.desk.city();
            let cases = cases.public_comment.iter();
            let phases = cases.map(|case| case.phase_on(self.today));
            let phases: BTreeSet<_> = phases.map(|phase| format!("{phase:?}")).collect();
            phases.len()
        }
    }

    async fn phases(today: &str, profile: &str) -> usize {
        let folder = tempfile::tempdir().unwrap();
        let town = Town::start(&folder.path().join("log"), today, profile).await;
        town.fill().await;
        town.phases()
    }

    #[test]
    fn a_filling_begins_with_an_empty_log_and_goes_on_until_its_note_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let due = |size| Filling::due(folder.path(), LogSize(size)).unwrap();
        assert!(due(5).is_none());
        let first = due(0).unwrap();
        let again = due(5).unwrap();
        assert_eq!(again.began, first.began);
        Disk::new().remove(&again.note).unwrap();
        assert!(due(5).is_none());
        std::fs::write(&again.note, "yesterday").unwrap();
        assert!(Filling::due(folder.path(), LogSize(5)).is_err());
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
