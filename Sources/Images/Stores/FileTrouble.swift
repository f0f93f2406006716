import Model
import NIOPosix
import SystemPackage

/// Runs work that blocks on threads for files, and says what is wrong as clients may hear it.
enum FileTrouble {
    static func blocking<Value: Sendable>(
        on pool: NIOThreadPool, _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        do {
            return try await pool.runIfActive(work)
        } catch let error as Errno {
            throw fault(error)
        }
    }

    static func fault(_ error: Errno) -> Fault {
        switch error {
        case .noSpace, .diskQuotaExceeded, .fileTooLarge:
            Fault(.tooLarge, "Image storage media is full; nothing was stored.", context: "\(error)")
        case .permissionDenied, .notPermitted, .readOnlyFileSystem:
            .unavailable(
                "Insufficient permissions on image storage media; the operator must let the service write there.",
                context: "\(error)")
        default:
            .unavailable("The image storage media cannot be used at the moment.", context: "\(error)")
        }
    }
}
