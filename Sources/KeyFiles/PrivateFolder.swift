import Dispatch

/// A folder for keys: only its owner may look into it. File work runs on threads of its own.
package struct PrivateFolder: Sendable {
    private let folder: SecretFolder
    private static let queue = DispatchQueue(label: "kilonova.private-folders", attributes: .concurrent)
    package var path: String { folder.path }

    package init(_ path: String) async throws(SecretFolderFault) {
        let folder = SecretFolder(path)
        self.folder = folder
        try await Self.onThread { () throws(SecretFolderFault) in try folder.make() }
    }

    /// Nil where there is no such file.
    package func text(_ name: String) async throws(SecretFolderFault) -> String? {
        try await Self.onThread { [folder] () throws(SecretFolderFault) in try folder.text(name) }
    }

    /// Writes a new file, readable by its owner only, whole or not at all. False where there is one already.
    package func create(_ name: String, _ text: String) async throws(SecretFolderFault) -> Bool {
        try await Self.onThread { [folder] () throws(SecretFolderFault) in try folder.create(name, text) }
    }

    /// Writes or replaces a file, readable by its owner only, whole or not at all, at no moment readable by others.
    package func replace(_ name: String, _ text: String) async throws(SecretFolderFault) {
        try await Self.onThread { [folder] () throws(SecretFolderFault) in try folder.replace(name, text) }
    }

    /// Done also where there is no such file.
    package func remove(_ name: String) async throws(SecretFolderFault) {
        try await Self.onThread { [folder] () throws(SecretFolderFault) in try folder.remove(name) }
    }

    private static func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws(SecretFolderFault) -> Value
    ) async throws(SecretFolderFault) -> Value {
        let outcome: Result<Value, SecretFolderFault> = await withCheckedContinuation { waiting in
            queue.async { waiting.resume(returning: Self.outcome(of: body)) }
        }
        return try outcome.get()
    }

    private static func outcome<Value>(
        of body: () throws(SecretFolderFault) -> Value
    ) -> Result<Value, SecretFolderFault> {
        do throws(SecretFolderFault) {
            return .success(try body())
        } catch {
            return .failure(error)
        }
    }
}
