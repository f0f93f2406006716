import API
import Accelerators
import HTTPTypes
import Model
import Testing

/// The table of endpoints in `docs/accelerators.md` is made from the endpoints.
@Suite struct ReferencePageTests {
    @Test func `the table of endpoints is up to date`() async throws {
        let fixture = try await AcceleratorFixture()
        var rows = [
            "| Endpoint | From | Policy rule | Heeds | Answers | Also refuses with |", "|---|---|---|---|---|---|",
        ]
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
            let heeded = endpoint.headers.map { header in
                let since = header.since?.number ?? first
                return "`\(header.name)`" + (since > endpoint.since ?? first ? " (\(since))" : "")
            }
            let dryRun = endpoint.query.parameters.contains { $0.name == "dry_run" } ? ["`dry_run`"] : []
            let heeds = (heeded + dryRun).joined(separator: ", ")
            let answers = endpoint.answers.map { "\($0.status)" }.joined(separator: ", ")
            let faults = Set(endpoint.faults.map(\.status)).sorted().map { "\($0)" }.joined(separator: ", ")
            rows.append(
                "| \(endpoint.method.rawValue) `\(endpoint.path)` | \(endpoint.since ?? first) | \(rule) "
                    + "| \(heeds.isEmpty ? "–" : heeds) | \(answers) | \(faults.isEmpty ? "–" : faults) |")
        }
        try GeneratedPart(page: "accelerators.md", name: "endpoints").check(rows.joined(separator: "\n"))
    }
}
