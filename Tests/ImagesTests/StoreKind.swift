import Foundation
import TestObjects

@testable import Images

/// A kind of store that a test runs against.
enum StoreKind: CaseIterable, Sendable {
    case file, shared, objects

    /// Runs `body` with an empty store of this kind.
    func run(_ body: (any ImageStore) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: root) }
        switch self {
        case .file: try await body(FileStore(root: root))
        case .shared: try await body(FileStore(root: root, isShared: true))
        case .objects: try await PlayedObjects.run { objects in try await body(try objects.store(prefix: "p/")) }
        }
    }
}
