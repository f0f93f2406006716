public import Testing

/// Runs a test on every engine there is: SQLite, and PostgreSQL where `KILONOVA_TEST_POSTGRESQL` holds a URL.
///
/// Within it `TestStore.open` gives databases of the engine whose turn it is.
public struct EveryEngine: SuiteTrait, TestTrait, TestScoping {
    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        for engine in Engine.available {
            let databases = Databases(engine)
            do {
                try await Databases.$current.withValue(databases) { try await function() }
            } catch {
                try? await databases.dispose()
                throw error
            }
            try await databases.dispose()
        }
    }
}

extension Trait where Self == EveryEngine {
    /// On every engine there is.
    public static var everyEngine: EveryEngine { EveryEngine() }
}
