import HTTPTypes
import Model
import Store
import TestJSON
import TestStore
import Testing

/// Numbers at the edges of what their types hold: in bodies, in queries, and in the database. Each is answered; none ends
/// the process.
@Suite(.everyEngine) struct EdgeNumberTests {
    private static let numbers = [
        "0", "-0", "-0.0", "-1", "0.5", "1.0", "1E2", "2147483647", "2147483648", "4294967296", "9007199254740993",
        "4611686018427387904", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809", "18446744073709551616", "1e19", "-1e19", "3.40282e38", "3.5e38", "-3.40282e38", "1e308",
        "-1e308", "1e400", "-1e400", "1e-400", "5e-324", "NaN", "Infinity", "-Infinity", "null", "true", "\"1\"",
    ]

    @Test(arguments: numbers) func everyNumberOfABodyIsAnswered(_ number: String) async throws {
        let fixture = try await PlacementFixture()
        let host = try await fixture.provider("host", ["VCPU": 8])
        var answers: [Answer] = []
        for field in ["total", "reserved", "min_unit", "max_unit", "step_size", "allocation_ratio"] {
            let others = field == "total" ? "" : "\"total\": 10, "
            let record = "\(others)\"\(field)\": \(number)"
            let generation = try await fixture.generation(host)
            answers.append(
                try await fixture.send(
                    .post, "/resource_providers/\(host)/inventories", "{\"resource_class\": \"FPGA\", \(record)}"))
            answers.append(
                try await fixture.send(
                    .put, "/resource_providers/\(host)/inventories/VCPU",
                    "{\"resource_provider_generation\": \(generation), \(record)}"))
            answers.append(
                try await fixture.send(
                    .post, "/reshaper",
                    """
                    {"inventories": {"\(host)": {"resource_provider_generation": \(generation),
                        "inventories": {"VCPU": {\(record)}}}}, "allocations": {}}
                    """))
            answers.append(try await fixture.call(.get, "/allocation_candidates?resources=VCPU:1"))
            answers.append(try await fixture.call(.get, "/explain/v1/candidates?resources=VCPU:100"))
        }
        try await fixture.set(["VCPU": ["total": 8]], of: host)
        func claim(_ amount: String, _ generation: String) -> String {
            """
            {"allocations": {"\(host)": {"resources": {"VCPU": \(amount)}}}, "project_id": "p", "user_id": "u",
                "consumer_generation": \(generation), "consumer_type": "INSTANCE"}
            """
        }
        let ids = (0..<2).map { _ in PlacementFixture.newID() }
        answers.append(
            try await fixture.send(
                .post, "/allocations",
                "{\"\(ids[0])\": \(claim(number, "null")), \"\(ids[1])\": \(claim(number, "null"))}"))
        answers.append(try await fixture.send(.put, "/allocations/\(ids[0])", claim(number, "null")))
        let stale = try await fixture.send(.put, "/allocations/\(PlacementFixture.newID())", claim("1", number))
        if !["null"].contains(number) { #expect([400, 409].contains(stale.status), "a generation of \(number)") }
        answers.append(
            try await fixture.send(
                .put, "/resource_providers/\(host)/aggregates",
                "{\"aggregates\": [], \"resource_provider_generation\": \(number)}"))
        answers.append(
            try await fixture.send(
                .put, "/resource_providers/\(host)/traits",
                "{\"traits\": [], \"resource_provider_generation\": \(number)}"))
        for answer in answers + [stale] {
            #expect(answer.status < 500, "\(number): \(answer.detail)")
        }
        let used = try await fixture.call(.get, "/resource_providers/\(host)/usages").json["usages"]["VCPU"].integer
        #expect(used.map { (0...8).contains($0) } ?? false)
    }

    @Test(arguments: numbers) func everyNumberOfAQueryIsAnswered(_ number: String) async throws {
        let fixture = try await PlacementFixture()
        try await fixture.provider("host", ["VCPU": 8])
        let amounts = (1...4).map { "resources_\($0)=VCPU:\(number)" }.joined(separator: "&")
        for path in [
            "/allocation_candidates?group_policy=none&\(amounts)",
            "/explain/v1/candidates?group_policy=none&\(amounts)",
            "/allocation_candidates?resources=VCPU:1&limit=\(number)", "/resource_providers?resources=VCPU:\(number)",
        ] {
            let answer = try await fixture.call(.get, path.replacing("\"", with: "%22"))
            #expect([200, 400].contains(answer.status), "\(path): \(answer.detail)")
        }
    }

    /// What earlier versions, other programs or a damaged disk left in the tables.
    @Test(arguments: ["total", "reserved", "min_unit", "max_unit", "step_size", "allocation_ratio", "used"])
    func everyNumberOfTheDatabaseIsLivedWith(_ column: String) async throws {
        let whole = ["9223372036854775807", "4611686018427387904", "2147483648"]
        let others = column == "allocation_ratio" ? ["0", "1e300", "-1e19", "-1e300"] : column == "used" ? [] : ["0"]
        for number in whole + others {
            let fixture = try await PlacementFixture()
            let host = try await fixture.provider("host", ["VCPU": 8, "FPGA": 4])
            let holder = PlacementFixture.newID()
            try await fixture.claim(holder, [host: ["VCPU": 2]])
            let change = SQL(stringLiteral: "\(column) = \(number)")
            try await fixture.store.write { transaction in
                _ = try transaction.execute("UPDATE inventories SET \(change) WHERE resource_class = 'VCPU'")
            }
            // A replica that starts now.
            let other = try await PlacementFixture(on: fixture, checksAnswers: false)
            for path in [
                "/allocation_candidates?resources=VCPU:1", "/allocation_candidates?resources=VCPU:2147483647",
                "/explain/v1/candidates?resources=VCPU:100,FPGA:9", "/usages?project_id=p",
                "/resource_providers/\(host)/inventories", "/resource_providers/\(host)/usages",
            ] {
                let answer = try await other.call(.get, path)
                #expect(answer.status == 200, "\(column) \(number), \(path): \(answer.detail)")
            }
            let claimed = try await other.claim(PlacementFixture.newID(), [host: ["VCPU": 1, "FPGA": 1]])
            #expect([204, 409].contains(claimed.status), "\(column) \(number): \(claimed.detail)")
            let moved = try await other.claim(holder, [host: ["VCPU": 1]], generation: 1)
            #expect([204, 409].contains(moved.status), "\(column) \(number): \(moved.detail)")
            #expect(try await other.call(.delete, "/allocations/\(holder)").status == 204, "\(column) \(number)")
        }
    }
}
