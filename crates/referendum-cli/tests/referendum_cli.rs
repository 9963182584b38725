//! The steps of a referendum as a clerk runs them: arguments in, files and text out.

#[path = "referendum_cli/archives.rs"]
mod archives;
#[path = "referendum_cli/cards.rs"]
mod cards;
#[path = "referendum_cli/ceremony.rs"]
mod ceremony;
#[path = "referendum_cli/desk.rs"]
mod desk;
#[path = "referendum_cli/help.rs"]
mod help;
#[path = "referendum_cli/interop.rs"]
mod interop;
#[path = "referendum_cli/interruptions.rs"]
mod interruptions;
#[path = "referendum_cli/order.rs"]
mod order;
#[path = "referendum_cli/roll.rs"]
mod roll;
#[path = "referendum_cli/town.rs"]
mod town;
