import GRDB
import Store

extension StoreError {
    /// What SQLite reported, in the words both engines share.
    init(sqlite error: any Error) {
        guard let error = error as? DatabaseError else {
            self.init(.statement, "\(error)")
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
            case .SQLITE_CANTOPEN, .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_CORRUPT, .SQLITE_NOTADB:
                self.init(.connection, detail)
            case .SQLITE_MISUSE: self.init(.closed, detail)
            default: self.init(.statement, detail)
            }
        }
    }

    /// The engine's errors in shared words; everything else as it is.
    static func translating(_ error: any Error) -> any Error {
        error is DatabaseError ? StoreError(sqlite: error) : error
    }
}
