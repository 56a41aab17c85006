//! Nothing acknowledged is lost and nothing is done twice, whatever is killed: clients write through
//! two panels while a panel, the database or the network between them is struck again and again, and
//! a checker decides by what they were told.

mod cells;
mod checker;
mod history;
mod judged;
mod model;
mod order;
