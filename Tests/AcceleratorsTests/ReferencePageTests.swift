import API
import Accelerators
import HTTPTypes
import Model
import Testing

/// The table of endpoints in `docs/accelerators.md` is made from the endpoints.
@Suite struct ReferencePageTests {
    @Test func `the table of endpoints is up to date`() async throws {
        let fixture = try await AcceleratorFixture()
        var rows = ["| Endpoint | From | Policy rule | Answers | Also refuses with |", "|---|---|---|---|---|"]
        let first = Microversion(2, 0)
        let endpoints = fixture.service.endpoints.sorted {
            ("\($0.path)", $0.method.rawValue, $0.since ?? first) < (
                "\($1.path)", $1.method.rawValue, $1.since ?? first
            )
        }
        for endpoint in endpoints {
            let rule =
                switch endpoint.access {
                case .open: "none; no token"
                case .authenticated: "any token"
                case .rule(let rule), .ruleInHandler(let rule): "`\(rule)`"
                }
            let answers = endpoint.answers.map { "\($0.status)" }.joined(separator: ", ")
            let faults = Set(endpoint.faults.map(\.status)).sorted().map { "\($0)" }.joined(separator: ", ")
            rows.append(
                "| \(endpoint.method.rawValue) `\(endpoint.path)` | \(endpoint.since ?? first) | \(rule) "
                    + "| \(answers) | \(faults.isEmpty ? "–" : faults) |")
        }
        try GeneratedPart(page: "accelerators.md", name: "endpoints").check(rows.joined(separator: "\n"))
    }
}
