import GRDB
import Store

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension StoreError {
    /// SQLite's error in the terms that both engines share.
    ///
    /// - Parameter systemError: the number of the operating system's error behind it; 0 if there is none
    init(sqlite error: any Error, systemError: Int32 = 0) {
        guard let error = error as? DatabaseError else {
            self = error as? StoreError ?? StoreError(.statement, "\(error)")
            return
        }
        let detail = "\(error.resultCode.rawValue)/\(error.extendedResultCode.rawValue): \(error.message ?? "")"
        let constraint = error.message.flatMap { $0.split(separator: ": ").last.map(String.init) }
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY:
            self.init(.unique, detail, constraint: constraint)
        case .SQLITE_CONSTRAINT_FOREIGNKEY: self.init(.foreignKey, detail)
        case .SQLITE_CONSTRAINT_CHECK, .SQLITE_CONSTRAINT_NOTNULL: self.init(.check, detail, constraint: constraint)
        default:
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: self.init(.busy, detail, isTransient: true)
            case .SQLITE_FULL: self.init(.full, detail)
            case .SQLITE_READONLY: self.init(.readOnly, detail)
            // Beside the file's pages SQLite needs room for its index of the log, and quotas have an error of their own.
            case .SQLITE_IOERR where [ENOSPC, EDQUOT, EFBIG].contains(systemError) || error.isAboutShared:
                self.init(.full, detail)
            case .SQLITE_CANTOPEN where [ENOSPC, EDQUOT].contains(systemError): self.init(.full, detail)
            case .SQLITE_IOERR where systemError == EROFS, .SQLITE_CANTOPEN where systemError == EROFS:
                self.init(.readOnly, detail)
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: self.init(.damaged, detail)
            case .SQLITE_CANTOPEN, .SQLITE_IOERR:
                self.init(.connection, detail)
            case .SQLITE_MISUSE: self.init(.closed, detail)
            default: self.init(.statement, detail)
            }
        }
    }

    /// The engine's errors in shared terms; other errors unchanged.
    static func translating(_ error: any Error) -> any Error {
        error is DatabaseError ? StoreError(sqlite: error) : error
    }
}

extension DatabaseError {
    /// The index of the log could not grow.
    fileprivate var isAboutShared: Bool { extendedResultCode == .SQLITE_IOERR_SHMSIZE }
}
