//! Every opening that is read reads the same after it was written again, and
//! checking it against any leaf never panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vault::opening;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(read) = opening::from_json(bytes) {
        let written = opening::to_json(&read).expect("an opening is written");
        let again = opening::from_json(written.as_bytes()).expect("and read");
        assert!(again == read);
        assert!(opening::check(&read, bytes).is_err());
    }
});
