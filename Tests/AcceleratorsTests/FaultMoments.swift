import Foundation

/// The moments at which tests end a process or cut somebody off.
///
/// All of them on SQLite. On PostgreSQL, where each is a whole life over a network, every fifth, unless KILONOVA_TEST_FAULTS is `all`: what
/// differs between the engines is how a commit ends, not which moment it is.
enum FaultMoments {
    static func upTo(_ last: Int) -> [Int] {
        let environment = ProcessInfo.processInfo.environment
        let isThin =
            environment["KILONOVA_TEST_ENGINE"] == "postgresql" && environment["KILONOVA_TEST_FAULTS"] != "all"
        return Array(stride(from: 1, through: last, by: isThin ? 5 : 1))
    }
}
