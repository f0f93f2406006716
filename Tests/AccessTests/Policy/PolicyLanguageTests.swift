import Testing

@testable import Access

@Suite("The policy language")
struct PolicyLanguageTests {
    @Test("answers as oslo.policy does", arguments: OracleCases.rules.indices)
    func oracle(_ index: Int) throws {
        let (rule, answers) = OracleCases.rules[index]
        #expect(OraclePersona.answers(try PolicyParser.parse(rule)) == answers, "\(rule)")
    }

    @Test("reads the old form of lists", arguments: OracleCases.lists.indices)
    func lists(_ index: Int) throws {
        let (rule, answers) = OracleCases.lists[index]
        let document = try PolicyDocument("{\"x\": \(rule)}", name: "policy.json")
        #expect(OraclePersona.answers(try #require(document.rules.first).check) == answers, "\(rule)")
    }

    @Test(
        "refuses what is malformed",
        arguments: [
            "admin", "role:admin role:member", "role:admin and", "and role:admin", "role:admin or or role:member",
            "(role:admin", "role:admin)", "()", "not", "role:admin not role:member", "(role:admin) (role:member)",
            "@ and", "role:admin and ()", "'a b':%(user_id)s", "or", "not(role:admin)", "role", ":admin", "role:",
            "rule:", "user_id:%(user_id", "user_id:%(user_id)d", "user_id:%user_id", "user_id:100%", "user_id:%()s",
            "'a:%(user_id)s", "http://policy.example.org/", "https://policy.example.org/",
        ])
    func malformed(_ rule: String) {
        #expect(throws: PolicyError.self) { try PolicyParser.parse(rule) }
    }

    @Test("refuses nesting without end")
    func nesting() throws {
        _ = try PolicyParser.parse(String(repeating: "(", count: 60) + "@" + String(repeating: ")", count: 60))
        for (opening, closing) in [("(", ")"), ("not ", "")] {
            let rule = String(repeating: opening, count: 5000) + "@" + String(repeating: closing, count: 5000)
            #expect(throws: PolicyError.self) { try PolicyParser.parse(rule) }
        }
    }

    @Test("what a tree prints parses to the same tree", arguments: 0..<200)
    func roundTrip(_ seed: UInt64) throws {
        var trees = RandomTrees(seed: seed)
        let tree = trees.tree(depth: 4)
        #expect(try PolicyParser.parse(tree.description) == tree, "seed \(seed): \(tree)")
    }

    @Test("every printed oracle case answers the same", arguments: OracleCases.rules.indices)
    func printedCases(_ index: Int) throws {
        let (rule, answers) = OracleCases.rules[index]
        let printed = try PolicyParser.parse(rule).description
        #expect(OraclePersona.answers(try PolicyParser.parse(printed)) == answers, "\(rule) as \(printed)")
    }
}

/// Trees as the parser makes them: no group of one, none inside another of its kind but by parentheses.
private struct RandomTrees {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    }

    mutating func tree(depth: Int) -> PolicyCheck {
        switch depth == 0 ? below(6) : below(9) {
        case 0: .always
        case 1: .never
        case 2: .role(text())
        case 3: .rule(name())
        case 4: .attribute("token." + name(), text())
        case 5:
            below(2) == 0
                ? .constant(.init(value: name(), isQuoted: true), text())
                : .constant(.init(value: ["True", "None", "-12", "7"][below(4)], isQuoted: false), text())
        case 6: .not(tree(depth: depth - 1))
        case 7: .all((0..<(2 + below(3))).map { _ in tree(depth: depth - 1) })
        default: .any((0..<(2 + below(3))).map { _ in tree(depth: depth - 1) })
        }
    }

    private mutating func text() -> PolicyText {
        switch below(4) {
        case 0: PolicyText(parts: [.attribute(name())])
        case 1: PolicyText(parts: [.text("50%" + name()), .attribute(name()), .text("%")])
        case 2: PolicyText(parts: [.text("a:b")])
        default: PolicyText(parts: [.text(name())])
        }
    }

    private mutating func name() -> String { ["and_x", "user_id", "x", "nota", "Orion", "ü"][below(6)] }

    private mutating func below(_ limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 11) % limit
    }
}
