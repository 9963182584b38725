//! The ceremony of the threshold group, and everything that can go wrong in it.

use crate::desk::one_digit_off;
use crate::town::{FOR_AGAINST, TOGETHER, Town, definition, roll};

fn began() -> Town {
    let mut town = Town::drafted(&definition("Ed25519", FOR_AGAINST, TOGETHER));
    town.certificates();
    town
}

#[test]
fn everybody_reads_out_the_same_fingerprint() {
    let prints = began().compare();
    assert_eq!(prints[0].split(' ').count(), 10);
    assert!(prints.iter().all(|print| *print == prints[0]));
}

#[test]
fn a_replaced_certificate_changes_the_fingerprint_and_nobody_deals() {
    let mut town = began();
    let true_print = town.compare()[0].clone();
    // Somebody slips another certificate of 丙山 to 甲野.
    let draft = "--draft @vote/referendum.json --name 丙山 --dir @impostor";
    town.desk
        .run(&format!("trustee certificate {draft}"))
        .done();
    let begin = "--draft @vote/referendum.json --name 甲野";
    std::fs::remove_file(town.desk.at("t-甲野/certificates.json")).expect("removed");
    let slipped =
        "@t-甲野/certificate-1.json @t-乙川/certificate-2.json @impostor/certificate-3.json";
    let ran = town.trustee("compare", "甲野", slipped).done();
    assert_ne!(ran.after("Fingerprint to read out: "), true_print);
    let heard = format!("--fingerprint {}", true_print.replace(' ', ""));
    town.trustee("deal", "甲野", &heard)
        .refused("CEREMONY_FINGERPRINT");
    assert!(!town.desk.at("t-甲野/deal-1.json").exists());
    // Once compared, certificates cannot be exchanged.
    let all = town.everybodys("certificate");
    town.trustee("compare", "甲野", &all)
        .refused("CEREMONY_CERTIFICATES_CHANGED");
    // 丙山 sees that the certificate in his place is not his.
    let begin_again = town.trustee("certificate", "甲野", begin).done();
    assert!(begin_again.output.contains("certificate-1.json"));
    std::fs::remove_file(town.desk.at("t-丙山/certificates.json")).expect("removed");
    town.trustee("compare", "丙山", slipped)
        .refused("CEREMONY_NOT_A_MEMBER");
    // Both given together contradict each other.
    let both = format!("{all} @impostor/certificate-3.json");
    let ran = town
        .trustee("compare", "乙川", &both)
        .refused("CEREMONY_MESSAGES_CONTRADICT");
    assert!(ran.errors.contains("丙山"), "{}", ran.errors);
}

#[test]
fn a_fingerprint_is_understood_however_it_is_typed() {
    let mut town = began();
    let print = town.compare()[0].clone();
    let wide: String = print
        .to_uppercase()
        .chars()
        .filter(|letter| *letter != ' ')
        .map(|letter| char::from_u32(u32::from(letter) + 0xfee0).expect("wide"))
        .collect();
    town.trustee("deal", "甲野", &format!("--fingerprint {wide}"))
        .done();
}

#[test]
fn a_step_of_the_ceremony_before_its_time_names_the_one_before() {
    let mut town = Town::drafted(&definition("Ed25519", FOR_AGAINST, TOGETHER));
    let ran = town
        .trustee("deal", "甲野", "--fingerprint x")
        .refused("CEREMONY_ORDER");
    assert!(ran.errors.contains("trustee certificate"), "{}", ran.errors);
    town.certificates();
    let ran = town
        .trustee("deal", "甲野", "--fingerprint x")
        .refused("CEREMONY_ORDER");
    assert!(ran.errors.contains("trustee compare"), "{}", ran.errors);
    let two = "@t-甲野/certificate-1.json @t-丙山/certificate-3.json";
    let ran = town
        .trustee("compare", "甲野", two)
        .refused("CEREMONY_MESSAGE_MISSING");
    assert!(
        ran.errors.contains("乙川") && !ran.errors.contains("丙山"),
        "{}",
        ran.errors
    );
    let deals = town.everybodys("certificate");
    town.compare();
    town.trustee("receive", "甲野", &deals)
        .refused("FILE_OF_ANOTHER_KIND");
    town.assemble();
    assert!(!town.desk.at("threshold.json").exists());
}

#[test]
fn a_false_share_or_key_accuses_its_maker() {
    let mut town = Town::prepared(&definition("Ed25519", FOR_AGAINST, TOGETHER), &roll(1, &[]));
    let deal = town.desk.read("t-乙川/deal-2.json");
    // The shares for 甲野 and 丙山 exchanged: neither receiver can open them.
    let mut value: serde_json::Value = serde_json::from_str(&deal).expect("JSON");
    let shares = value["content"]["deal"]["shares"]
        .as_array_mut()
        .expect("shares");
    shares.swap(0, 2);
    town.desk.write("swapped.json", value.to_string());
    let deals = "@t-甲野/deal-1.json @swapped.json @t-丙山/deal-3.json";
    let ran = town
        .trustee("receive", "甲野", deals)
        .refused("CEREMONY_SHARE");
    assert!(ran.errors.contains("乙川"), "{}", ran.errors);
    let forged = one_digit_off(&deal, "response");
    town.desk.write("forged.json", forged);
    let deals = "@t-甲野/deal-1.json @forged.json @t-丙山/deal-3.json";
    let ran = town
        .trustee("receive", "甲野", deals)
        .refused("CEREMONY_DEAL");
    assert!(ran.errors.contains("乙川"), "{}", ran.errors);
    let key = town.desk.read("t-丙山/verification-key-3.json");
    town.desk.write(
        "t-丙山/verification-key-3.json",
        one_digit_off(&key, "challenge"),
    );
    std::fs::remove_file(town.desk.at("threshold.json")).expect("removed");
    let ran = town.assemble().refused("CEREMONY_VERIFICATION_KEY");
    assert!(ran.errors.contains("丙山"), "{}", ran.errors);
}

#[test]
fn names_and_folders_of_trustees_are_not_mixed_up() {
    let mut town = Town::drafted(&definition("Ed25519", FOR_AGAINST, TOGETHER));
    let begin = |step: &str, name: &str, dir: &str| {
        format!("trustee {step} --draft @vote/referendum.json --name {name} --dir @{dir}")
    };
    let ran = town
        .desk
        .run(&begin("key", "丁田", "t"))
        .refused("TRUSTEE_UNKNOWN");
    assert!(ran.errors.contains("甲野"), "{}", ran.errors);
    town.desk
        .run(&begin("key", "甲野", "t"))
        .refused("TRUSTEE_ROLE");
    town.desk
        .run(&begin("certificate", "選管", "t"))
        .refused("TRUSTEE_ROLE");
    town.desk.run(&begin("certificate", "甲野", "t")).done();
    town.desk
        .run(&begin("certificate", "乙川", "t"))
        .refused("TRUSTEE_FOLDER_TAKEN");
}

#[test]
fn secrets_of_trustees_are_their_owners_alone_and_never_printed() {
    use std::os::unix::fs::PermissionsExt;
    let town = Town::prepared(&definition("Ed25519", FOR_AGAINST, TOGETHER), &roll(1, &[]));
    for name in ["選管", "甲野"] {
        let path = format!("t-{name}/trustee-secret.json");
        let folder = std::fs::metadata(town.desk.at(format!("t-{name}"))).expect("there");
        assert_eq!(folder.permissions().mode() & 0o777, 0o700);
        let mode = std::fs::metadata(town.desk.at(&path))
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let secret: serde_json::Value = serde_json::from_str(&town.desk.read(&path)).expect("JSON");
        for kind in ["seed", "key"] {
            let Some(secret) = secret["content"][kind].as_str() else {
                continue;
            };
            let secret = secret.trim_matches('"');
            assert!(secret.len() > 20);
            let leaks = town
                .desk
                .files("")
                .into_iter()
                .filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains(secret));
            assert_eq!(leaks.count(), 1, "{name} {kind}");
            assert!(!town.desk.said().contains(secret));
        }
    }
}
