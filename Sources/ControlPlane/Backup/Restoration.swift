import FoundationEssentials
import Glibc
import KeyFiles
import Model
import NIOPosix
import Settings
import Store
import StoreSQLite

/// Puts a backup into the place that the settings name: `kilonova restore`. Nothing that is there is overwritten.
public struct Restoration: Sendable {
    private let state: BackedUpState

    public init(_ state: BackedUpState) {
        self.state = state
    }

    /// Checks every file of the backup in `folder` against its manifest, and the database with SQLite's own checks.
    ///
    /// Throws 400 with what is wrong. Returns the number of files.
    public static func verify(_ folder: String) async throws -> Int {
        try await NIOThreadPool.singleton.runIfActive { try checked(folder).files.count }
    }

    private static func checked(_ folder: String) throws -> BackupManifest {
        let manifest = try BackupManifest.read(folder)
        try manifest.verify(folder)
        if manifest.files.contains(where: { $0.path == BackupPart.databaseName }) {
            do {
                try SQLiteBackup.verify("\(folder)/\(BackupPart.databaseName)")
            } catch {
                throw Fault.badRequest("The backup is damaged: \(error.detail)")
            }
        }
        return manifest
    }

    /// Throws 400 for a damaged backup or one of a newer program, 409 if files exist already; then nothing was changed.
    /// Returns the files and folders that were written.
    public func run(from folder: String) async throws -> [String] {
        let lock = try state.dataFolder.map { try DataFolder.open($0) }
        defer { lock?.release() }
        let placed = try await NIOThreadPool.singleton.runIfActive { try prepare(from: folder) }
        do {
            for part in placed where part.part.content == .database { try await check(part.draft) }
            try await NIOThreadPool.singleton.runIfActive { try publish(placed) }
        } catch {
            for part in placed { try? FileManager.default.removeItem(atPath: part.draft) }
            throw error
        }
        return placed.map(\.part.place)
    }

    private struct Placed: Sendable {
        let part: BackupPart
        /// A path beside the final one, so that a rename completes it.
        let draft: String
    }

    private func prepare(from folder: String) throws -> [Placed] {
        let manifest = try Self.checked(folder)
        let parts = try BackupPart.all(state)
        let engine = state.settings.database.file == nil ? "postgresql" : "sqlite"
        guard manifest.engine == engine else {
            throw Fault.badRequest(
                "The backup is of a control plane on \(manifest.engine), and database.url names \(engine): they must agree."
            )
        }
        let known = Set(parts.map(\.name))
        for file in manifest.files where !known.contains(file.path.split(separator: "/").first.map(String.init) ?? "") {
            throw Fault.badRequest(
                "The backup holds '\(file.path)', for which the settings name no place (agents.authority_folder, "
                    + "accelerator.certificate_keys, identity.fernet_key_repository, key_manager.master_keys).")
        }
        let wanted = parts.filter { part in
            manifest.files.contains { $0.path == part.name || $0.path.hasPrefix(part.name + "/") }
        }
        try refuseOccupied(wanted)
        var placed: [Placed] = []
        do {
            for part in wanted {
                let draft = "\(part.place).restored-\(String(UInt64.random(in: .min ... .max), radix: 36))"
                placed.append(Placed(part: part, draft: draft))
                try OwnFiles.makeFolder(URL(filePath: part.place).deletingLastPathComponent().path)
                try write(part, manifest, from: folder, to: draft)
            }
        } catch {
            for part in placed { try? FileManager.default.removeItem(atPath: part.draft) }
            if let fault = error as? Fault { throw fault }
            throw Fault.unavailable("The backup cannot be written: \(OwnFiles.reason(error)).")
        }
        return placed
    }

    /// Safe: the path lives as long as the call, which fills a value of this function.
    private func refuseOccupied(_ parts: [BackupPart]) throws(Fault) {
        var places = parts.map(\.place)
        for part in parts where part.content == .database { places += [part.place + "-wal", part.place + "-shm"] }
        let occupied = places.filter { place in
            var facts = stat()
            guard unsafe stat(place, &facts) == 0 else { return false }
            // An empty folder is as good as none.
            guard facts.st_mode & S_IFMT == S_IFDIR else { return true }
            return (try? FileManager.default.contentsOfDirectory(atPath: place).isEmpty) != true
        }
        guard occupied.isEmpty else {
            throw .conflict(
                "Something is there already, and nothing is overwritten; stop the control plane and move it away: "
                    + occupied.joined(separator: ", "))
        }
    }

    private func write(_ part: BackupPart, _ manifest: BackupManifest, from folder: String, to draft: String) throws {
        guard part.content == .folder else { return try BackupFiles.copy("\(folder)/\(part.name)", to: draft) }
        try OwnFiles.makeFolder(draft)
        for file in manifest.files where file.path.hasPrefix(part.name + "/") {
            try BackupFiles.copy("\(folder)/\(file.path)", to: draft + "/" + file.path.dropFirst(part.name.count + 1))
        }
        try BackupFiles.sync(folder: draft)
    }

    /// Refuses the database of a newer program, or of another one, before it is put in place.
    private func check(_ draft: String) async throws {
        do {
            let store = try SQLiteStore(path: draft, readers: 1)
            do {
                try await Migrator(StoreOpening.migrations(of: ServiceList.all)).check(store)
            } catch {
                await store.close()
                throw error
            }
            await store.close()
        } catch let error as StoreError {
            throw Fault.badRequest("The backup's database is not one that this program can work with: \(error.detail).")
        }
    }

    /// Safe: the paths live as long as the calls.
    private func publish(_ placed: [Placed]) throws {
        // The database last: with it the control plane starts, and finds everything else.
        for part in placed.sorted(by: { $0.part.content != .database && $1.part.content == .database }) {
            if part.part.content == .folder { _ = unsafe rmdir(part.part.place) }
            guard unsafe rename(part.draft, part.part.place) == 0 else {
                throw Fault.unavailable("'\(part.part.place)' cannot be written: \(OwnFiles.lastReason()).")
            }
            try BackupFiles.sync(folder: URL(filePath: part.part.place).deletingLastPathComponent().path)
        }
    }
}
