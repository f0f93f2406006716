import Dispatch
package import Model

/// A folder for keys: only its owner may look into it. File work runs on threads of its own.
package struct PrivateFolder: Sendable {
    private let folder: SecretFolder
    private static let queue = DispatchQueue(label: "kilonova.private-folders", attributes: .concurrent)
    package var path: String { folder.path }

    package init(_ path: String) async throws(Fault) {
        let folder = SecretFolder(path)
        self.folder = folder
        try await Self.onThread { try folder.make() }
    }

    /// Nil where there is no such file.
    package func text(_ name: String) async throws(Fault) -> String? {
        try await Self.onThread { [folder] in try folder.text(name) }
    }

    /// Writes a new file, readable by its owner only, whole or not at all. False where there is one already.
    package func create(_ name: String, _ text: String) async throws(Fault) -> Bool {
        try await Self.onThread { [folder] in try folder.create(name, text) }
    }

    /// Writes or replaces a file, readable by its owner only, whole or not at all, at no moment readable by others.
    package func replace(_ name: String, _ text: String) async throws(Fault) {
        try await Self.onThread { [folder] in try folder.replace(name, text) }
    }

    /// Done also where there is no such file.
    package func remove(_ name: String) async throws(Fault) {
        try await Self.onThread { [folder] in try folder.remove(name) }
    }

    private static func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws(Fault) -> Value {
        let outcome: Result<Value, any Error> = await withCheckedContinuation { waiting in
            queue.async { waiting.resume(returning: Result { try body() }) }
        }
        do {
            return try outcome.get()
        } catch {
            throw .internalError("\(error)")
        }
    }
}
