//! Hostile bytes in place of the roll, with and without a header that is recognised.

#![no_main]

use libfuzzer_sys::fuzz_target;
use referendum_cli::count_roll;

fuzz_target!(|bytes: &[u8]| {
    let headed = ["氏名,ふりがな,区,投票所,重み\n".as_bytes(), bytes].concat();
    for roll in [bytes, &headed] {
        if let Ok(voters) = count_roll(roll, &[]) {
            assert!(0 < voters && voters < roll.len());
        }
    }
});
