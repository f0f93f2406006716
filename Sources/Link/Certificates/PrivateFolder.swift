import FoundationEssentials
package import Model
import NIOPosix
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder for keys: only its owner may look into it. File work runs on threads of its own.
///
/// Safe: the C call takes its paths as strings that live as long as the call.
package struct PrivateFolder: Sendable {
    package let path: String

    package init(_ path: String) async throws(Fault) {
        self.path = path
        try await Self.onThread("the folder '\(path)' cannot be made") {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
    }

    /// Nil where there is no such file.
    package func text(_ name: String) async throws(Fault) -> String? {
        let file = "\(path)/\(name)"
        return try await Self.onThread("'\(file)' cannot be read") {
            guard FileManager.default.fileExists(atPath: file) else { return nil }
            return String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        }
    }

    /// Writes a new file, readable by its owner only, whole or not at all. False where there is one already.
    package func create(_ name: String, _ text: String, unique: String) async throws(Fault) -> Bool {
        let file = "\(path)/\(name)"
        let draft = "\(file).\(unique)"
        return try await Self.onThread("'\(file)' cannot be written") {
            try Self.write(text, to: draft)
            defer { try? FileManager.default.removeItem(atPath: draft) }
            do {
                try FileManager.default.linkItem(atPath: draft, toPath: file)
                return true
            } catch {
                if FileManager.default.fileExists(atPath: file) { return false }
                throw error
            }
        }
    }

    /// Writes or replaces a file, readable by its owner only, whole or not at all, at no moment readable by others.
    package func replace(_ name: String, _ text: String) async throws(Fault) {
        let file = "\(path)/\(name)"
        try await Self.onThread("'\(file)' cannot be written") {
            let draft = "\(file).\(String(UInt64.random(in: .min ... .max), radix: 36))"
            do {
                try Self.write(text, to: draft)
                guard unsafe rename(draft, file) == 0 else { throw Errno(rawValue: errno) }
            } catch {
                try? FileManager.default.removeItem(atPath: draft)
                throw error
            }
        }
    }

    /// Done also where there is no such file.
    package func remove(_ name: String) async throws(Fault) {
        let file = "\(path)/\(name)"
        try await Self.onThread("'\(file)' cannot be removed") {
            if FileManager.default.fileExists(atPath: file) { try FileManager.default.removeItem(atPath: file) }
        }
    }

    private static func write(_ text: String, to path: String) throws {
        let descriptor = try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        try descriptor.closeAfter {
            _ = try descriptor.writeAll(text.utf8)
            // A key that the disk lost would cost the operator another enrolment.
            guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    private static func onThread<Value: Sendable>(
        _ trouble: String, _ body: @escaping @Sendable () throws -> Value
    ) async throws(Fault) -> Value {
        do {
            return try await NIOThreadPool.singleton.runIfActive(body)
        } catch {
            throw .internalError("\(trouble): \(error)")
        }
    }
}
