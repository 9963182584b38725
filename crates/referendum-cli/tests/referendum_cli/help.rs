//! The help of every command.

use clap::CommandFactory;
use referendum_cli::{Args, Exit};

/// Every command with the words that lead to it.
fn commands(command: clap::Command, path: Vec<String>) -> Vec<(Vec<String>, clap::Command)> {
    let inner = command
        .get_subcommands()
        .filter(|inner| inner.get_name() != "help")
        .cloned();
    let inner = inner.flat_map(|inner| {
        let path = path
            .iter()
            .cloned()
            .chain([inner.get_name().to_owned()])
            .collect();
        commands(inner, path)
    });
    let mut all: Vec<_> = inner.collect();
    all.push((path, command));
    all
}

#[test]
fn every_command_explains_itself_in_both_languages_with_an_example_that_is_understood() {
    Args::command().debug_assert();
    let all = commands(Args::command(), Vec::new());
    assert_eq!(all.len(), 19);
    for (path, mut command) in all {
        let help = command.render_long_help().to_string();
        let shown = path.join(" ");
        let (_, example) = help
            .split_once("Example:\n")
            .unwrap_or_else(|| panic!("{shown}"));
        assert!(
            help.chars().any(|letter| ('ぁ'..='ん').contains(&letter)),
            "{shown}"
        );
        for line in example.lines().filter(|line| line.contains("hiroba")) {
            let line = line
                .split('>')
                .next()
                .unwrap_or(line)
                .replace("\"3f2a 91bc …\"", "3f2a");
            let words = line.split_whitespace().skip(1);
            Args::command()
                .try_get_matches_from(words)
                .unwrap_or_else(|error| panic!("{shown}: {line}: {error}"));
        }
    }
}

#[test]
fn the_exit_codes_are_0_1_and_2() {
    assert_eq!(
        [Exit::Done, Exit::Refused, Exit::Usage].map(u8::from),
        [0, 1, 2]
    );
}
