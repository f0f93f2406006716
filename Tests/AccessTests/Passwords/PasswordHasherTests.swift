import Model
import Testing

@testable import Access

@Suite("Password hashing")
struct PasswordHasherTests {
    private let hasher = PasswordHasher(cost: 4)

    @Test("hashes by bcrypt with its cost and a new salt each time")
    func hash() async throws {
        let first = try await hasher.hash(Secret("secret"))
        let second = try await hasher.hash(Secret("secret"))
        #expect(first.hasPrefix("$2b$04$") && first.utf8.count == 60 && first != second)
        #expect(try await hasher.verify(Secret("secret"), against: first))
        #expect(try await !hasher.verify(Secret("Secret"), against: first))
        #expect(try await !hasher.verify(Secret(""), against: first))
        #expect(!hasher.isOutdated(first) && PasswordHasher(cost: 5).isOutdated(first))
    }

    @Test(
        "verifies what others hashed",
        arguments: [
            ("correct horse", "$2b$06$RVsNFTEMx5JV.ke7cOumxeXfuPf14z1CGuqo0hy1WTQ6wlTW9ZsD2"),
            ("correct horse", "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$zwtVrjrUCmXcyLTs6oxLTQlzifSUkF8RHJ./tK5KU79"),
        ])
    func known(_ password: String, _ stored: String) async throws {
        #expect(try await hasher.verify(Secret(password), against: stored))
        #expect(try await !hasher.verify(Secret(password + "!"), against: stored))
        #expect(hasher.isOutdated(stored))
    }

    @Test("bcrypt looks at 72 bytes, as Keystone's does")
    func longPasswords() async throws {
        let long = String(repeating: "é", count: 40)
        let stored = try await hasher.hash(Secret(long))
        #expect(try await hasher.verify(Secret(String(repeating: "é", count: 36)), against: stored))
        #expect(try await !hasher.verify(Secret(String(repeating: "é", count: 35)), against: stored))
    }

    @Test("refuses to hash what cannot be a password", arguments: ["", "a\u{0}b", String(repeating: "x", count: 4097)])
    func impossible(_ password: String) async throws {
        await #expect(throws: Fault.self) { _ = try await hasher.hash(Secret(password)) }
        let stored = try await hasher.hash(Secret("a"))
        #expect(try await !hasher.verify(Secret(password), against: stored))
    }

    @Test(
        "nobody's password is never right, nor is a malformed hash",
        arguments: [nil, "", "*", "!", "$2b$", "$9$x", "plain"])
    func nobody(_ stored: String?) async throws {
        #expect(try await !hasher.verify(Secret("plain"), against: stored))
    }

    @Test("an unknown user costs as much as a known one")
    func unknownUser() async throws {
        let slow = PasswordHasher(cost: 9)
        let stored = try await slow.hash(Secret("x"))
        let clock = ContinuousClock()
        var known: [Duration] = []
        var unknown: [Duration] = []
        for _ in 0..<5 {
            known.append(try await clock.measure { _ = try await slow.verify(Secret("y"), against: stored) })
            unknown.append(try await clock.measure { _ = try await slow.verify(Secret("y"), against: nil) })
        }
        // The quickest of each is the least disturbed; an eighth is still far from what leaving the work out would save.
        let quickest = try #require(known.min())
        #expect(try #require(unknown.min()) > quickest / 8)
    }

    @Test("hashing leaves the cooperative pool free")
    func doesNotBlock() async throws {
        let slow = PasswordHasher(cost: 10, threads: 1)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { try await slow.verify(Secret("x"), against: nil) } }
            // Eight hashes are waiting for one thread; this goes round the cooperative pool many times meanwhile.
            var rounds = 0
            for _ in 0..<1000 {
                await Task.yield()
                rounds += 1
            }
            #expect(rounds == 1000)
            for try await isRight in group { #expect(!isRight) }
        }
    }

    @Test("a flood is refused with 503 rather than queued without end")
    func backlog() async throws {
        let small = PasswordHasher(cost: 9, threads: 1, backlog: 2)
        let outcomes = await withTaskGroup(of: Fault.Kind?.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do throws(Fault) {
                        _ = try await small.verify(Secret("x"), against: nil)
                        return nil
                    } catch {
                        return error.kind
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.contains(.unavailable) && outcomes.contains(nil))
        #expect(try await !small.verify(Secret("x"), against: nil))
    }
}
