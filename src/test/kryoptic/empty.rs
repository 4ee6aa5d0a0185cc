//! Nothing: cargo wants a target. What is built is the dependency.
