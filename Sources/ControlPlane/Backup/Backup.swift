import FoundationEssentials
import Glibc
import KeyFiles
public import Model
import NIOPosix
import Settings
import Store
import StoreSQLite

/// Makes backups: `kilonova backup`. The control plane may run meanwhile.
///
/// A backup is a folder of files that only their owner may read, with a manifest. It appears under its name when it is whole
/// and was checked, or not at all.
public struct Backup: Sendable {
    private let state: BackedUpState
    private let time: TimeSource

    public init(_ state: BackedUpState, time: TimeSource = .system) {
        self.state = state
        self.time = time
    }

    /// The result of a backup.
    public struct Summary: Sendable {
        public let files: Int
        public let bytes: Int
        /// False with PostgreSQL, which has its own backup tools.
        public let hasDatabase: Bool
    }

    /// Throws 409 if `folder` exists, and 400 or 503 with the reason if something cannot be read or written.
    public func make(in folder: String) async throws -> Summary {
        try await NIOThreadPool.singleton.runIfActive { try makeNow(in: DataFolder.absolute(folder)) }
    }

    /// Safe: the paths live as long as the calls.
    private func makeNow(in folder: String) throws -> Summary {
        guard unsafe access(folder, F_OK) != 0 else {
            throw Fault.conflict("'\(folder)' exists; a backup is made in a new folder.")
        }
        let draft = "\(folder).partial-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        do {
            try OwnFiles.makeFolder(draft)
        } catch {
            throw Fault.badRequest("'\(folder)' cannot be made: \(OwnFiles.reason(error)).")
        }
        do {
            let summary = try fill(draft)
            guard unsafe rename(draft, folder) == 0 else {
                throw Fault.unavailable("'\(folder)' cannot be made: \(OwnFiles.lastReason()).")
            }
            try BackupFiles.sync(folder: URL(filePath: folder).deletingLastPathComponent().path)
            return summary
        } catch {
            try? FileManager.default.removeItem(atPath: draft)
            throw error
        }
    }

    private func fill(_ draft: String) throws -> Summary {
        var paths: [String] = []
        for part in try BackupPart.all(state) {
            do {
                paths += try copy(part, into: draft)
            } catch let error as StoreError {
                throw Fault.unavailable(error.detail)
            } catch let fault as Fault {
                throw fault
            } catch {
                throw Fault.unavailable("'\(part.place)' cannot be copied: \(OwnFiles.reason(error)).")
            }
        }
        var files: [BackupManifest.File] = []
        for path in paths {
            let seen = try BackupFiles.digest("\(draft)/\(path)")
            files.append(BackupManifest.File(path: path, bytes: seen.bytes, sha256: seen.sha256))
        }
        let manifest = BackupManifest(
            format: BackupManifest.newestFormat, program: ProgramVersion.text, madeAt: time.now().isoZulu,
            engine: state.settings.database.file == nil ? "postgresql" : "sqlite", files: files)
        try OwnFiles.write(try manifest.encoded(), to: "\(draft)/\(BackupManifest.fileName)")
        try BackupFiles.sync(folder: draft)
        return Summary(
            files: files.count, bytes: files.reduce(0) { $0 + $1.bytes },
            hasDatabase: state.settings.database.file != nil)
    }

    /// The paths within the backup of what was copied.
    ///
    /// Safe: the paths live as long as the calls.
    private func copy(_ part: BackupPart, into draft: String) throws -> [String] {
        let target = "\(draft)/\(part.name)"
        switch part.content {
        case .database:
            guard unsafe access(part.place, R_OK) == 0 else {
                throw Fault.badRequest("The database file '\(part.place)' cannot be read: \(OwnFiles.lastReason()).")
            }
            try SQLiteBackup.copy(part.place, to: target)
            try SQLiteBackup.verify(target)
            return [part.name]
        case .file:
            guard unsafe access(part.place, F_OK) == 0 else { return [] }
            try BackupFiles.copy(part.place, to: target)
            return [part.name]
        case .folder:
            return try copyFolder(part, to: target)
        }
    }

    private func copyFolder(_ part: BackupPart, to target: String) throws -> [String] {
        // A folder in which keys are just being replaced is read again.
        for isLast in [false, false, true] {
            guard let names = try BackupFiles.names(in: part.place) else { return [] }
            do {
                try OwnFiles.makeFolder(target)
                for name in names { try BackupFiles.copy("\(part.place)/\(name)", to: "\(target)/\(name)") }
                try BackupFiles.sync(folder: target)
                return names.map { "\(part.name)/\($0)" }
            } catch {
                if isLast { throw error }
                try FileManager.default.removeItem(atPath: target)
            }
        }
        return []
    }
}
