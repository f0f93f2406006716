import FoundationEssentials
import KeyFiles
import Model

/// The content of a backup, with the size and SHA-256 of every file: `manifest.json` in its folder.
struct BackupManifest: Codable, Sendable {
    static let fileName = "manifest.json"
    static let newestFormat = 1

    struct File: Codable, Sendable {
        /// The path below the backup's folder.
        let path: String
        let bytes: Int
        let sha256: String
    }

    let format: Int
    /// The version of the program that made the backup.
    let program: String
    /// ISO 8601, UTC.
    let madeAt: String
    /// `sqlite`, or `postgresql` if the database is not in the backup.
    let engine: String
    let files: [File]

    enum CodingKeys: String, CodingKey {
        case format, program, engine, files
        case madeAt = "made_at"
    }

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// Reads the manifest of the backup in `folder`. Throws 400 if there is none that this program can read.
    static func read(_ folder: String) throws(Fault) -> BackupManifest {
        let path = "\(folder)/\(fileName)"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .badRequest("'\(folder)' is no backup: it has no readable \(fileName).")
        }
        guard let manifest = try? JSONDecoder().decode(BackupManifest.self, from: data) else {
            throw .badRequest("'\(path)' is not the manifest of a backup.")
        }
        guard manifest.format == newestFormat else {
            throw .badRequest(
                "The backup in '\(folder)' has the format \(manifest.format); this program reads \(newestFormat). The program "
                    + "that made it (\(manifest.program)) restores it.")
        }
        for file in manifest.files where !file.isInside {
            throw .badRequest("'\(path)' names a file outside the backup: '\(file.path.prefix(80))'.")
        }
        return manifest
    }

    /// Throws 400 for the first file that has changed since the backup was made.
    func verify(_ folder: String) throws(Fault) {
        for file in files {
            let path = "\(folder)/\(file.path)"
            let seen: (bytes: Int, sha256: String)
            do {
                seen = try BackupFiles.digest(path)
            } catch {
                throw .badRequest("The backup is incomplete: '\(path)' cannot be read: \(OwnFiles.reason(error)).")
            }
            guard seen.bytes == file.bytes, seen.sha256 == file.sha256 else {
                throw .badRequest(
                    "The backup is damaged: '\(path)' has \(seen.bytes) bytes and another SHA-256 than the manifest says "
                        + "(\(file.bytes) bytes).")
            }
        }
    }
}

extension BackupManifest.File {
    /// Whether the path stays within the backup's folder.
    fileprivate var isInside: Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return !parts.isEmpty && !parts.contains { $0.isEmpty || $0 == "." || $0 == ".." }
    }
}
