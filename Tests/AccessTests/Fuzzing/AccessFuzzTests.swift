import API
import Foundation
import Model
import TestFuzz
import Testing

@testable import Access

/// Policy files and tokens of any form are taken or refused.
@Suite struct AccessFuzzTests {
    private static let policies = [
        """
        "placement:usages": "role:reader and (project_id:%(project_id)s or not role:member)"
        "custom": "rule:admin_api or @"
        "lists": [["role:admin"], ["rule:custom", "role:reader"]]
        """,
        #"{"identity:get_user": "user_id:%(target.user.id)s or 'admin':%(role.name)s or True:%(enabled)s", "x": "!"}"#,
        """
        # a comment
        admin_api: &a "role:admin and is_admin:1"
        other: *a
        nested: "((((((not not role:a))))))"
        """,
    ]
    private static let words = [
        "and ", "or ", "not ", "(", ")", "@", "!", "role:", "rule:", "%(", ")s", "'", "\"", ": ", "\n", "[", "]", "{",
        "}", "&a ",
        "*a", "None:", "True:", "admin_api", "custom",
    ]

    @Test func `policy files take what comes`() {
        let engine: PolicyEngine
        do {
            engine = try PolicyEngine(rules: [
                PolicyRule("admin_api", "role:admin", "Administrators"),
                PolicyRule("custom", "rule:admin_api", "Others"),
            ])
        } catch {
            Issue.record("\(error)")
            return
        }
        var accepted = 0
        Fuzzer.run("policy files", samples: Self.policies.map { Array($0.utf8) }, words: Self.words) { bytes in
            do throws(PolicyError) {
                let document = try PolicyDocument(String(decoding: bytes, as: UTF8.self), name: "fuzz.yaml")
                try engine.replace(with: [document])
                accepted += 1
            } catch {
                #expect(!error.description.isEmpty)
            }
            _ = engine.decide(.anonymous, rule: "custom", target: ["project_id": "p"])
        }
        print("of them \(accepted) were policies")
    }

    private static func payloads() -> [TokenPayload] {
        let id = String(repeating: "0a", count: 16)
        let scopes: [TokenPayload.Scope] = [
            .unscoped, .project(ProjectID(id)), .domain(DomainID("default")), .system,
        ]
        return scopes.map { scope in
            TokenPayload(
                user: UserID(id), methods: TokenPayload.Methods(rawValue: 1), scope: scope,
                issued: Timestamp(microseconds: 1_700_000_000_000_000), expires: Timestamp(microseconds: .max),
                auditIDs: [AuditID(), AuditID()])
        }
    }

    @Test func `what is inside of tokens is taken or refused`() {
        let samples = Self.payloads().compactMap(\.binary)
        var accepted = 0
        Fuzzer.run("token payloads", samples: samples) { bytes in
            guard let payload = TokenPayload(binary: bytes) else { return }
            accepted += 1
            // What was read can be written, and is the same then.
            #expect(payload.binary.flatMap { TokenPayload(binary: $0) } == payload)
            #expect(payload.expires + .seconds(3600) >= payload.expires)
        }
        #expect(accepted > 0)
    }

    @Test func `tokens that were altered are refused`() async throws {
        let codec = TokenCodec(keyring: .inMemory())
        var sealed: [Secret] = []
        for payload in Self.payloads() { sealed.append(try codec.seal(payload)) }
        for token in sealed { #expect(await codec.open(token) != nil) }
        // A token with or without the padding of its base64 is the same token, as in Keystone.
        func bare(_ token: String) -> Substring {
            token[..<(token.lastIndex { $0 != "=" }.map(token.index(after:)) ?? token.startIndex)]
        }
        let good = Set(sealed.map(\.revealed))
        let same = Set(good.map(bare))
        print("fuzz tokens: \(Fuzzer.rounds) inputs, seed \(Fuzzer.seed)")
        var fuzzer = Fuzzer(samples: good.sorted(), words: ["=", "==", "-", "_", "gAAAAA", "+", "/"])
        for _ in 0..<Fuzzer.rounds {
            let text = String(decoding: fuzzer.input(), as: UTF8.self)
            if same.contains(bare(text)) { continue }
            #expect(await codec.open(Secret(text)) == nil, "\(text)")
        }
    }
}
